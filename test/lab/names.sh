# shellcheck shell=bash disable=SC2034
# Sourced: what the lab's scripts agree on. Everything that a run makes is named after its number, so that it can be
# found and taken down from the number alone: bridge hwlN, NICs hwlN-HOST-NIC, namespaces hwlN-HOST.
state=/run/hostwright-lab

# Every cgroup hierarchy that systemd looks at: one of them on cgroup v2, two on a mixed machine.
hierarchies() {
  local mounted
  for mounted in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    [ -e "$mounted/cgroup.procs" ] && echo "$mounted"
  done
  return 0
}

# Puts this process, and what it starts, into the group hostwright-lab/$1: by it the lab finds its processes.
enter_group() {
  local hierarchy
  for hierarchy in $(hierarchies); do
    mkdir -p "$hierarchy/hostwright-lab/$1"
    echo $$ > "$hierarchy/hostwright-lab/$1/cgroup.procs"
  done
}
