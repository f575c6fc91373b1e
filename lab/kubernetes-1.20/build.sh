#!/bin/bash
# build.sh ROOT BIN : the programs of Kubernetes 1.20.2 from Debian 12's source package, with Debian's Go 1.19 and no patch.
# ROOT takes about 4 GB while it works. What may be used again (the source archive, Go's build cache) stays in ROOT only
# until the build succeeded.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(realpath -m "$1") bin=$(realpath -m "$2") version=1.20.2
tree=$root/go/src/k8s.io/kubernetes
mkdir -p "$root"/{apt/lists/partial,dl,go/src/k8s.io} "$bin"

# 1. The source. apt checks its signature; lists of its own leave the system's configuration alone. Archive and suites are those
#    of the system's own sources.
# shellcheck disable=SC2016 # apt-get expands
apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u |
  awk '$3 == "main" { print "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " $0 }' > "$root/apt/sources.list"
[ -s "$root/apt/sources.list" ] || { echo "no Debian 'main' among the system's apt sources" >&2; exit 1; }
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$root/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$root/apt/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
if ! compgen -G "$root/dl/kubernetes_*.orig.tar.*" > /dev/null; then
  "${apt[@]}" update
  (cd "$root/dl" && "${apt[@]}" source --download-only kubernetes)
fi
rm -rf "$tree" "$root/unpacked"
mkdir "$root/unpacked"
tar -xf "$root"/dl/kubernetes_*.orig.tar.* -C "$root/unpacked"
mv "$root"/unpacked/kubernetes-$version "$tree"
cd "$tree"

# 2. GOPATH mode: with Go 1.19 module mode stops with "updates to go.mod needed". The GOPATH mode uses vendor/ by itself.
#    Debian's own Go, whatever newer one comes first in PATH
PATH=/usr/lib/go-1.19/bin:$PATH
jobs=$(nproc)
export GO111MODULE=off GOPATH=$root/go GOCACHE=${GOCACHE:-$root/gocache} GOFLAGS=-p=$jobs CGO_ENABLED=0 GOTOOLCHAIN=local
unset GOROOT
go version

# 3. The one generated file that the archive lacks
go build -o "$root/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
inputs=$(grep -rl --include='*.go' '+k8s:openapi-gen=' pkg staging/src/k8s.io |
  grep -vE '/(testdata|_examples|sample-apiserver|sample-controller|generators?|code-generator)/|zz_generated|_test.go' |
  xargs -n1 dirname | LC_ALL=C sort -u | sed 's#^staging/src/#vendor/#; s#^#k8s.io/kubernetes/#' | paste -sd,)
"$root/openapi-gen" --logtostderr -i "$inputs" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
  -h hack/boilerplate/boilerplate.generatego.txt -r "$root/violations.txt" --output-base "$GOPATH/src"

# 4. One program for the servers and for the lab's own two: linking one large program is far cheaper than seven
mkdir cmd/kubelab
cp "$here"/*.go cmd/kubelab/
flags=
for package in component-base/version client-go/pkg/version; do
  x=k8s.io/kubernetes/vendor/k8s.io/$package
  flags="$flags -X $x.gitVersion=v$version -X $x.gitMajor=1 -X $x.gitMinor=20 -X $x.gitTreeState=clean -X $x.buildDate=2021-01-13T00:00:00Z"
done
go build -trimpath -ldflags "-s -w $flags" -o "$bin/kubelab" ./cmd/kubelab
for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kxdns provisioner; do ln -sf kubelab "$bin/$name"; done
gcc -Os -static -s -o "$bin/pause" "$here/pause.c"
cd /
rm -rf "$root"
