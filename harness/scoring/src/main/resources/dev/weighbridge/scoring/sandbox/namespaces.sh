# First process of fresh user, mount, pid, net, ipc, uts and cgroup namespaces, as their root. Builds a
# root file system in memory that shows only what a program may see, moves into it and runs the rest of
# its arguments. Arguments: bytes of the working folder, its files, what to show (one a line),
# devices to show, then the command.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
disk=$1 files=$2 shown=$3 devices=$4
shift 4
root=/tmp

mount --make-rprivate /
mount -t tmpfs -o size=1m,nr_inodes=1024,mode=755,nosuid,nodev tmpfs "$root"
cd "$root"
mkdir dev proc box old
ln -s box tmp

old_ifs=$IFS
IFS='
'
set -f
for path in $shown; do
    if [ -L "$path" ]; then
        ln -s "$(readlink "$path")" ".$path"
    elif [ -d "$path" ]; then
        mkdir -p ".$path"
        mount --rbind "$path" ".$path"
    else
        mkdir -p ".${path%/*}"
        [ -e ".$path" ] || : >".$path"
        mount --bind "$path" ".$path"
    fi
done
IFS=$old_ifs
for device in $devices; do
    : >".$device"
    mount --bind "$device" ".$device"
done

# Every mount taken over becomes read-only, one by one, for the flag does not reach mounts below it.
# Mount points with blanks or other odd characters are escaped in the table and stop the script.
while read -r _ point _; do
    case $point in
    "$root"/dev/*) ;;
    "$root"/*) mount -o remount,bind,ro,nosuid,nodev "$point" ;;
    esac
done </proc/self/mounts

mount -t proc -o nosuid,nodev,noexec proc proc
mount -t tmpfs -o "size=$disk,nr_inodes=$files,mode=755,nosuid,nodev" tmpfs box
hostname box 2>/dev/null || true
pivot_root . old
cd /
umount -l /old
rmdir /old
mount -o remount,bind,ro,nosuid,nodev /
# One user namespace more, in which the program is nobody and owns nothing here; no other after it.
echo 1 >/proc/sys/user/max_user_namespaces
cd /box
exec unshare --user --map-user=65534 --map-group=65534 --keep-caps -- \
    setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all --no-new-privs "$@"
