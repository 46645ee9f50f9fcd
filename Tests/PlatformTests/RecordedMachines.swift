import Platform
import Testing

/// What a process saw of its control groups, by path, and what its limits are.
struct RecordedMachine: Sendable, CustomTestStringConvertible {
  var name: String
  var files: [String: String]
  var memory: Int?
  var processors: Double?

  var testDescription: String { name }
  var limits: GroupLimits { GroupLimits { files[$0] } }

  init(_ name: String, _ groups: String, _ mounts: String, _ limits: [String: String], _ memory: Int?, _ cpu: Double?) {
    (self.name, self.memory, processors) = (name, memory, cpu)
    files = ["/proc/self/cgroup": groups, "/proc/self/mountinfo": mounts].merging(limits) { $1 }
  }
}

private let none = "9223372036854771712\n"
private let v1 = "/sys/fs/cgroup/"

/// Mounts of version 1 as Docker makes them: a container's own group at each controller's directory.
private func v1Mounts(_ root: String, cpu: String = "cpu,cpuacct") -> String {
  """
  613 561 0:104 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A:/var/lib/docker/overlay2/l/B
  624 613 0:27 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro
  625 624 0:108 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,mode=755
  626 625 0:30 \(root) /sys/fs/cgroup/systemd ro,nosuid,nodev,noexec,relatime master:9 - cgroup cgroup rw,xattr,name=systemd
  627 625 0:34 \(root) /sys/fs/cgroup/memory ro,nosuid,nodev,noexec,relatime master:16 - cgroup cgroup rw,memory
  629 625 0:36 \(root) /sys/fs/cgroup/\(cpu) ro,nosuid,nodev,noexec,relatime master:18 - cgroup cgroup rw,cpu,cpuacct

  """
}

private func v1Groups(_ path: String) -> String {
  "12:memory:\(path)\n11:pids:\(path)\n4:cpu,cpuacct:\(path)\n1:name=systemd:\(path)\n0::/system.slice/containerd.service\n"
}

private func v2Mounts(_ root: String = "/") -> String {
  """
  24 29 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
  35 24 0:30 \(root) /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot

  """
}

extension RecordedMachine {
  static let version1: [RecordedMachine] = {
    let id = "/docker/2f1c0bd5a3a4d0c1"
    return [
      RecordedMachine(
        "Docker, -m 512m --cpus 1.5", v1Groups(id), v1Mounts(id),
        [
          v1 + "memory/memory.limit_in_bytes": "536870912\n",
          v1 + "memory/memory.stat":
            "cache 0\nrss 4096\nhierarchical_memory_limit 536870912\nhierarchical_memsw_limit 1073741824\n",
          v1 + "cpu,cpuacct/cpu.cfs_quota_us": "150000\n", v1 + "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ], 536_870_912, 1.5),
      RecordedMachine(
        "Docker without limits", v1Groups(id), v1Mounts(id),
        [
          v1 + "memory/memory.limit_in_bytes": none,
          v1 + "memory/memory.stat": "hierarchical_memory_limit 9223372036854771712\n",
          v1 + "cpu,cpuacct/cpu.cfs_quota_us": "-1\n", v1 + "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ], nil, nil),
      RecordedMachine(
        "a pod's limit above its container", v1Groups("/kubepods/burstable/pod7/c1"),
        v1Mounts("/kubepods/burstable/pod7/c1"),
        [
          v1 + "memory/memory.limit_in_bytes": none,
          v1 + "memory/memory.stat": "rss 0\nhierarchical_memory_limit 268435456\ntotal_rss 0\n",
          v1 + "cpu,cpuacct/cpu.cfs_quota_us": "50000\n", v1 + "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ], 268_435_456, 0.5),
      RecordedMachine(
        "a group of the host's own, the smaller limit above it", v1Groups("/batch/job1"), v1Mounts("/", cpu: "cpu"),
        [
          v1 + "memory/batch/job1/memory.limit_in_bytes": "800000000\n",
          v1 + "memory/batch/memory.limit_in_bytes": "300000000\n", v1 + "memory/memory.limit_in_bytes": none,
          v1 + "cpu/batch/job1/cpu.cfs_quota_us": "-1\n", v1 + "cpu/batch/job1/cpu.cfs_period_us": "100000\n",
          v1 + "cpu/batch/cpu.cfs_quota_us": "25000\n", v1 + "cpu/batch/cpu.cfs_period_us": "50000\n",
        ], 300_000_000, 0.5),
      RecordedMachine(
        "a host's path inside a container", v1Groups("/docker/other"), v1Mounts("/docker/mine"),
        [v1 + "memory/memory.limit_in_bytes": "100000000\n"], 100_000_000, nil),
      RecordedMachine(
        "a controller of its own for processors' time, and a path with a colon",
        "4:memory:/a:b\n1:cpu:/a:b\n2:cpuacct:/\n",
        "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
        [
          v1 + "memory/a:b/memory.limit_in_bytes": "123456789", v1 + "cpu/a:b/cpu.cfs_quota_us": "300000",
          v1 + "cpu/a:b/cpu.cfs_period_us": "100000",
        ], 123_456_789, 3),
    ]
  }()

  static let version2: [RecordedMachine] = [
    RecordedMachine(
      "Docker, a namespace of its own", "0::/\n", v2Mounts(),
      [v1 + "memory.max": "536870912\n", v1 + "memory.high": "max\n", v1 + "cpu.max": "200000 100000\n"], 536_870_912, 2
    ),
    RecordedMachine(
      "Docker without limits", "0::/\n", v2Mounts(),
      [v1 + "memory.max": "max\n", v1 + "memory.high": "max\n", v1 + "cpu.max": "max 100000\n"], nil, nil),
    RecordedMachine(
      "a slice of systemd: MemoryHigh, CPUQuota 150%", "0::/user.slice/user-1000.slice/session-3.scope\n", v2Mounts(),
      [
        v1 + "user.slice/user-1000.slice/session-3.scope/memory.max": "max\n",
        v1 + "user.slice/user-1000.slice/memory.max": "2147483648\n",
        v1 + "user.slice/user-1000.slice/memory.high": "1073741824\n", v1 + "user.slice/memory.max": "max\n",
        v1 + "user.slice/user-1000.slice/cpu.max": "150000 100000\n",
      ], 1_073_741_824, 1.5),
    RecordedMachine(
      "a pod under the kubelet's slice, the smaller limit above",
      "0::/kubepods.slice/kubepods-pod9.slice/cri-containerd-1.scope\n",
      v2Mounts(),
      [
        v1 + "kubepods.slice/kubepods-pod9.slice/cri-containerd-1.scope/memory.max": "900000000\n",
        v1 + "kubepods.slice/kubepods-pod9.slice/memory.max": "700000000\n",
        v1 + "kubepods.slice/memory.max": "30000000000\n",
        v1 + "kubepods.slice/kubepods-pod9.slice/cri-containerd-1.scope/cpu.max": "400000 100000\n",
        v1 + "kubepods.slice/kubepods-pod9.slice/cpu.max": "250000 100000\n",
      ], 700_000_000, 2.5),
    RecordedMachine(
      "a group outside of the namespace", "0::/../../other.scope\n", v2Mounts(), [v1 + "memory.max": "5000000\n"],
      5_000_000,
      nil),
    RecordedMachine(
      "mounted elsewhere, with a space in its name", "0::/job\n",
      "35 24 0:30 / /mnt/my\\040groups rw,relatime - cgroup2 none rw\n",
      ["/mnt/my groups/job/memory.max": "77000000\n", "/mnt/my groups/job/cpu.max": "100000\n"], 77_000_000, nil),
    RecordedMachine(
      "both versions at once: memory by the first, nothing by the second",
      "5:memory:/user.slice\n2:cpu,cpuacct:/user.slice\n0::/user.slice/session.scope\n",
      "41 32 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" + v1Mounts("/"),
      [
        v1 + "memory/user.slice/memory.limit_in_bytes": "600000000\n",
        v1 + "cpu,cpuacct/cpu.cfs_quota_us": "-1\n", v1 + "unified/user.slice/session.scope/cgroup.procs": "1\n",
      ], 600_000_000, nil),
  ]

  static let unlimited: [RecordedMachine] = [
    RecordedMachine("no control groups", "", "24 29 0:22 / /sys rw - sysfs sysfs rw\n", [:], nil, nil),
    RecordedMachine(
      "groups that are not mounted", v1Groups("/a"), "24 29 0:22 / / rw - ext4 /dev/sda rw\n", [:], nil, nil),
    RecordedMachine(
      "files that cannot be understood", "0::/\nnonsense\n::\n", "short\n1 2 3 4 5 6 7\n1 2 3 4 5 6 - x\n" + v2Mounts(),
      [v1 + "memory.max": "much\n", v1 + "memory.high": "-5\n", v1 + "cpu.max": "0 0\n"], nil, nil),
    RecordedMachine(
      "numbers beyond any machine", "0::/\n", v2Mounts(),
      [
        v1 + "memory.max": "99999999999999999999999\n", v1 + "memory.high": "9223372036854775807\n",
        v1 + "cpu.max": "max max\n",
      ],
      nil, nil),
  ]
}
