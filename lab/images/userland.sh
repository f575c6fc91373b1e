#!/bin/bash
# userland.sh DIR DEBS : a small Debian with a Java 17 runtime below DIR, from the package files in DEBS. No chroot set-up
# and no maintainer scripts: packages are unpacked. Without DIR it prints the packages that it takes.
# The tools are those that the official images offer to scripts: bash, coreutils, grep, sed, getent, openssl (Temurin's Alpine
# image installs it; in the Ubuntu one ca-certificates depends on it). Nothing else, so that a script which needs more fails
# here as it fails there.
set -euo pipefail
packages=(libc6 libc-bin bash dash coreutils grep sed libtinfo6 libselinux1 libpcre2-8-0 libacl1 libattr1 libgmp10
  libgcc-s1 libstdc++6 zlib1g libssl3 openssl openjdk-17-jre-headless)
[ $# = 2 ] || { echo "${packages[@]}"; exit; }
dir=$1 debs=$2
mkdir -p "$dir"/usr/{bin,sbin,lib,lib64} "$dir"/{etc,proc,sys,dev,run,root,tmp,var/tmp,opt/java}
chmod 1777 "$dir/tmp" "$dir/var/tmp"
for link in bin sbin lib lib64; do ln -s usr/$link "$dir/$link"; done
for package in "${packages[@]}"; do
  dpkg-deb --fsys-tarfile "$debs/${package}"_*.deb | tar -x --keep-directory-symlink -C "$dir" \
    --exclude='./usr/share/doc' --exclude='./usr/share/locale' --exclude='./usr/share/man' --exclude='./usr/share/info' \
    --exclude='./usr/share/lintian' --exclude='./usr/share/bug' --exclude='./usr/share/gdb' --exclude='./usr/lib/*/gconv'
done
java=$(cd "$dir/usr/lib/jvm" && echo java-17-openjdk-*)
ln -sf dash "$dir/usr/bin/sh"
# where the official images have it
ln -s "/usr/lib/jvm/$java" "$dir/opt/java/openjdk"
echo 'hosts: files dns' > "$dir/etc/nsswitch.conf"
chroot "$dir" /sbin/ldconfig 2> /dev/null || true
# What the package's maintainer script does: an archive of loaded classes makes every start of Java faster
unshare --mount sh -c "mount -t proc proc '$dir/proc' && exec chroot '$dir' '/usr/lib/jvm/$java/bin/java' -Xshare:dump -Xmx128m" > /dev/null
