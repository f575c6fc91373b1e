using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace KafkaK8s.Package;

/// <summary>The files of a module's folder, by their paths in it.</summary>
/// <param name="folder">The folder.</param>
internal sealed partial class ModuleFiles(string folder)
{
    private const string Module = "KafkaK8s";
    private const string Manifest = "KafkaK8s.psd1";
    private const string Natives = "bin/runtimes/";
    private const int ReadableByAll = 0b110_100_100 << 16; // rw-r--r--, as Unix's unzip takes it

    // Zip knows no earlier day; one and the same for all files, so that the same files make the same package.
    private static readonly DateTimeOffset Stamp = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Names all files in the manifest of the folder.</summary>
    public void WriteFileList()
    {
        var paths = Paths(folder);
        File.WriteAllText(Path.Combine(folder, Manifest), WithFileList(paths), new UTF8Encoding(false));
    }

    /// <summary>Packs the module with the native libraries of one platform.</summary>
    /// <param name="outputs">Folder with runtimes/RID/native, as the compiler leaves it.</param>
    /// <param name="rid">The platform.</param>
    /// <param name="target">Folder for the package.</param>
    /// <returns>Path of the package.</returns>
    public string Pack(string outputs, string rid, string target)
    {
        string native = Path.Combine(outputs, "runtimes", rid, "native");
        var files = Paths(folder).Where(p => !p.StartsWith(Natives, StringComparison.Ordinal)).ToDictionary(p => p,
            p => Path.Combine(folder, p));
        foreach (string library in Directory.EnumerateFiles(native).Where(f => Path.GetFileNameWithoutExtension(f) != "librdkafkacpp"))
            files.Add($"{Natives}{rid}/native/{Path.GetFileName(library)}", library);
        string manifest = WithFileList(files.Keys);
        string package = Path.Combine(target, $"{Module}-{Version().Match(manifest).Groups[1].Value}-{rid}.zip");
        Directory.CreateDirectory(target);
        using var zip = new ZipArchive(File.Create(package), ZipArchiveMode.Create);
        foreach (var (path, file) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            var entry = zip.CreateEntry($"{Module}/{path}", CompressionLevel.Optimal);
            entry.LastWriteTime = Stamp;
            entry.ExternalAttributes = ReadableByAll;
            using var to = entry.Open();
            to.Write(path == Manifest ? Encoding.UTF8.GetBytes(manifest) : File.ReadAllBytes(file));
        }

        return package;
    }

    private string WithFileList(IEnumerable<string> paths)
    {
        string text = File.ReadAllText(Path.Combine(folder, Manifest));
        if (!FileList().IsMatch(text))
            throw new InvalidDataException($"{Manifest} has no FileList = @() to fill in.");
        string list = string.Concat(paths.Order(StringComparer.Ordinal).Select(p => $"\n        '{p}'"));
        return FileList().Replace(text, m => $"{m.Groups[1].Value}@({list}\n    )");
    }

    private static List<string> Paths(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))];

    [GeneratedRegex(@"(FileList\s*=\s*)@\([^)]*\)")]
    private static partial Regex FileList();

    [GeneratedRegex(@"ModuleVersion\s*=\s*'([^']+)'")]
    private static partial Regex Version();
}
