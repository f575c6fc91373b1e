using System.Management.Automation;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for Get-Item.</summary>
[Cmdlet(VerbsCommon.Get, "Item")]
public sealed class GetItemStandIn : PSCmdlet
{
    /// <summary>The paths.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("LiteralPath")]
    public string[] Path { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            try
            {
                WriteObject(InvokeProvider.Item.Get(path), enumerateCollection: true);
            }
            catch (ItemNotFoundException failure)
            {
                WriteError(new ErrorRecord(failure.ErrorRecord, failure));
            }
        }
    }
}

/// <summary>Stand-in for Get-ChildItem.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem")]
public sealed class GetChildItemStandIn : PSCmdlet
{
    /// <summary>The folder.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("LiteralPath")]
    public string Path { get; set; } = ".";

    /// <summary>Wildcard on the name.</summary>
    [Parameter(Position = 1)]
    public string Filter { get; set; } = "*";

    /// <summary>Goes into folders.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Files only.</summary>
    [Parameter]
    public SwitchParameter File { get; set; }

    /// <summary>Folders only.</summary>
    [Parameter]
    public SwitchParameter Directory { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var name = WildcardPattern.Get(Filter, WildcardOptions.IgnoreCase);
            foreach (PSObject item in InvokeProvider.ChildItem.Get(Path, Recurse))
            {
                bool wanted = item.BaseObject is not FileSystemInfo entry
                    || (name.IsMatch(entry.Name) && (!File || entry is FileInfo) && (!Directory || entry is DirectoryInfo));
                if (wanted)
                    WriteObject(item);
            }
        }
        catch (ItemNotFoundException failure)
        {
            WriteError(new ErrorRecord(failure.ErrorRecord, failure));
        }
    }
}

/// <summary>Stand-in for New-Item: files and folders.</summary>
[Cmdlet(VerbsCommon.New, "Item", SupportsShouldProcess = true)]
public sealed class NewItemStandIn : PSCmdlet
{
    /// <summary>The path.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = string.Empty;

    /// <summary>File or Directory.</summary>
    [Parameter]
    [Alias("Type")]
    [ValidateSet("File", "Directory")]
    public string ItemType { get; set; } = "File";

    /// <summary>The text of a file.</summary>
    [Parameter]
    public object? Value { get; set; }

    /// <summary>No error if it is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string path = GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(path, $"Create {ItemType}"))
            return;
        if (!Force && (File.Exists(path) || Directory.Exists(path)))
        {
            WriteError(new ErrorRecord(new IOException($"An item with the specified name {path} already exists."), "NewItemIOError", ErrorCategory.WriteError, path));
            return;
        }

        if (ItemType == "Directory")
            Directory.CreateDirectory(path);
        else
            File.WriteAllText(path, Value?.ToString() ?? string.Empty);
        WriteObject(InvokeProvider.Item.Get(path), enumerateCollection: true);
    }
}

/// <summary>Stand-in for Remove-Item.</summary>
[Cmdlet(VerbsCommon.Remove, "Item", SupportsShouldProcess = true)]
public sealed class RemoveItemStandIn : PSCmdlet
{
    /// <summary>The paths; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LiteralPath", "FullName")]
    public string[] Path { get; set; } = [];

    /// <summary>Folders with what is in them.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Read-only and hidden ones too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            try
            {
                foreach (string item in SessionState.Path.GetResolvedPSPathFromPSPath(path).Select(resolved => resolved.Path))
                    Remove(item);
            }
            catch (ItemNotFoundException failure)
            {
                WriteError(new ErrorRecord(failure.ErrorRecord, failure));
            }
        }
    }

    private void Remove(string item)
    {
        if (!ShouldProcess(item))
            return;

        // The real cmdlet asks here; a stand-in that deletes a tree unasked would be a trap.
        if (!Recurse && InvokeProvider.Item.IsContainer(item) && InvokeProvider.ChildItem.HasChild(item))
            WriteError(new ErrorRecord(new IOException($"The folder '{item}' is not empty; give -Recurse."), "DirectoryNotEmpty", ErrorCategory.WriteError, item));
        else
            InvokeProvider.Item.Remove([item], Recurse, Force, literalPath: true);
    }
}
