import Foundation
import Platform
import Testing

struct MachineTests {
  @Test(arguments: RecordedMachine.version1 + RecordedMachine.version2 + RecordedMachine.unlimited)
  func `limits are the smallest of a group and those above it`(machine: RecordedMachine) {
    #expect(machine.limits.memory == machine.memory)
    #expect(machine.limits.processors == machine.processors)
  }

  @Test func `without the kernel's files there are no limits`() {
    #expect(GroupLimits { _ in nil } == RecordedMachine.unlimited[0].limits)
  }

  private func machine(
    _ processors: Int = 8, allowed: Int = 8, _ recorded: RecordedMachine? = nil, memory: Int = 64 << 30,
    addressSpace: Int? = nil
  ) -> Machine {
    Machine(
      processors: processors, allowedProcessors: allowed, physicalMemory: memory,
      groups: recorded?.limits ?? GroupLimits { _ in nil }, addressSpace: addressSpace)
  }

  @Test func `threads are what may run, rounded up to whole processors`() {
    #expect(machine().threads == 8 && machine(allowed: 3).threads == 3 && machine(2, allowed: 8).threads == 2)
    #expect(machine(allowed: 0).threads == 1)
    let version2 = RecordedMachine.version2
    for (index, threads) in [(0, 2), (1, 8), (2, 2), (3, 3)] { #expect(machine(8, version2[index]).threads == threads) }
    #expect(machine(allowed: 1, version2[0]).threads == 1)
    #expect(machine(8, RecordedMachine.version1[2]).threads == 1, "half of a processor is one thread")
  }

  @Test func `memory is the smallest of what limits it`() {
    #expect(machine().memory == (64 << 30, .machine))
    #expect(machine(8, RecordedMachine.version1[0]).memory == (512 << 20, .group))
    #expect(machine(8, RecordedMachine.version1[0], memory: 256 << 20).memory == (256 << 20, .machine))
    #expect(machine(8, RecordedMachine.version1[0], addressSpace: 100 << 20).memory == (100 << 20, .addressSpace))
    #expect(machine(addressSpace: -1).memory == (0, .addressSpace))
  }

  @Test func `a run takes half of a machine, and nearly all of what it was given`() {
    #expect(machine().usualMemory == 4 << 30 && machine(memory: 6 << 30).usualMemory == 3 << 30)
    #expect(machine(8, RecordedMachine.version1[0]).usualMemory == 448 << 20)
    #expect(machine(addressSpace: 80 << 20).usualMemory == 70 << 20)
  }

  @Test func `this machine is as the system says`() throws {
    let machine = Machine.system()
    #expect(machine.physicalMemory > 64 << 20 && machine.processors >= 1)
    #expect((1...machine.processors).contains(machine.threads) && machine.memory.bytes > 0)
    // As coreutils count them.
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/nproc")
    (process.standardOutput, process.environment) = (output, [:])
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(Int(text.dropLast()) == min(machine.allowedProcessors, machine.processors))
  }

  @Test func `a process is as its status tells`() {
    let status = ProcessStatus(
      """
      Name:\tseg:in fer
      VmSize:\t  300000 kB
      VmRSS:\t   20000 kB
      VmData:\t  100000 kB
      Cpus_allowed:\tff,00000000,f0000003
      Cpus_allowed_list:\t0-1,28-31,64-71
      """)
    #expect(status.allowedProcessors == 14)
    #expect(status.bytes("VmRSS") == 20_000 << 10 && status.bytes("Name") == 0 && status.bytes("VmSwap") == 0)
    #expect(status.memoryLeft(addressSpace: nil, data: nil) == nil)
    #expect(status.memoryLeft(addressSpace: 400_000 << 10, data: nil) == 120_000 << 10)
    #expect(status.memoryLeft(addressSpace: 400_000 << 10, data: 150_000 << 10) == 70_000 << 10)
    #expect(status.memoryLeft(addressSpace: 200_000 << 10, data: nil) == 20_000 << 10)
    #expect(ProcessStatus("").allowedProcessors == nil && ProcessStatus("Cpus_allowed:\t0").allowedProcessors == nil)
  }
}
