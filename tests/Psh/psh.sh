#!/bin/sh
# psh: the PowerShell engine in process, for tests and demos where there is no pwsh. Built by `dotnet build`.
here=$(dirname -- "$(readlink -f -- "$0")")
exec "${DOTNET_HOST_PATH:-dotnet}" "$here/psh.d/psh.dll" "$@"
