"""What the machine is, and what else it is doing."""

import os
import platform
import resource
import time


def description():
    """Processor, cores and memory, as far as Linux tells."""
    fields = {}
    with open("/proc/cpuinfo") as file:
        for line in file:
            key, _, value = line.partition(":")
            fields.setdefault(key.strip(), value.strip())
    gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    model = fields.get("model name") or platform.machine()
    if model.lower() == "unknown":
        model = f"{fields.get('vendor_id')} family {fields.get('cpu family')} model {fields.get('model')}"
    return f"{model}, {os.cpu_count()} cores, {gib:.0f} GiB"


def busy_seconds():
    """Seconds that all processors were busy, or taken away, since the machine started."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    """Processor seconds of this process and of its children that have ended."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


class Others:
    """How many cores other processes use, from its creation on."""

    def __init__(self):
        self.busy, self.own, self.start = busy_seconds(), own_seconds(), time.perf_counter()

    def cores(self):
        used = busy_seconds() - self.busy - own_seconds() + self.own
        return max(0, used / (time.perf_counter() - self.start))


def wait_until_quiet(patience, cores=0.2):
    """Waits until other processes use less than `cores` for a second, at most `patience` seconds."""
    end = time.perf_counter() + patience
    while time.perf_counter() < end:
        others = Others()
        time.sleep(1)
        if others.cores() < cores:
            return
