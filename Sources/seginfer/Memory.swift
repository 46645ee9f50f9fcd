import CMalloc
import Glibc

/// Bytes of the machine's memory.
func physicalMemory() -> Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

/// The most memory that this process has held so far, in bytes.
func peakResidentBytes() -> Int {
  var usage = rusage()
  getrusage(numericCast(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

/// The memory that this process holds now, in bytes, after what the allocator keeps unused has been given back.
func residentBytes() -> Int {
  malloc_trim(0)
  guard let file = fopen("/proc/self/statm", "r") else { return peakResidentBytes() }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  guard fgets(&line, Int32(line.count), file) != nil else { return peakResidentBytes() }
  let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self).split(separator: " ")
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : peakResidentBytes()
}

/// Makes memory predictable: large blocks go back to the system when they are freed, and threads share two heaps instead of growing one each.
func limitAllocatorCaches() {
  mallopt(M_MMAP_THRESHOLD, 1 << 20)
  mallopt(M_TRIM_THRESHOLD, 4 << 20)
  mallopt(M_ARENA_MAX, 2)
}

/// `120 MiB`
func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
