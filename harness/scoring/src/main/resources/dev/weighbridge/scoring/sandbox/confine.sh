# Runs in fresh user, mount, process, network, IPC and host-name namespaces. Makes a file system in memory with nothing but the
# system's programs and libraries, read-only, and a folder to work in, and starts the interpreter in it without any right.
# Arguments: mount point, disk in bytes, files, processes, address space in bytes, CPU seconds, program and its arguments.
set -e
root=$1; disk=$2; files=$3; processes=$4; memory=$5; seconds=$6
shift 6
mount -t tmpfs -o "size=$disk,nr_inodes=$files,mode=755" none "$root"
for folder in usr lib lib64 bin; do
  if [ -L "/$folder" ]; then
    ln -s "$(readlink "/$folder")" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount --bind "/$folder" "$root/$folder"
    mount -o remount,bind,ro,nosuid,nodev "$root/$folder"
  fi
done
mkdir "$root/dev" "$root/work" "$root/tmp"
for device in null zero urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
change_root=$(command -v chroot || echo /usr/sbin/chroot)
cd "$root/work"
exec env -i PATH=/usr/bin:/bin HOME=/work LANG=C.UTF-8 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 \
  "$change_root" "$root" \
  setpriv --no-new-privs --bounding-set=-all --inh-caps=-all \
  prlimit --core=0 --nofile=64 "--nproc=$processes" "--fsize=$disk" "--as=$memory" "--cpu=$seconds" \
  "$@"
