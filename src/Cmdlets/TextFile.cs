using System.Text;
using KafkaK8s.Core;

namespace KafkaK8s.Cmdlets;

/// <summary>Files of the user, whose failures are errors with a name.</summary>
internal static class TextFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="ClusterException"><c>FileNotRead</c>.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ClusterException("FileNotRead", FailureKind.NotFound, path, $"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes a whole file, in UTF-8.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="text">Its text.</param>
    /// <param name="overReadOnly">Whether a file that is read-only is written too; it stays read-only.</param>
    /// <exception cref="ClusterException"><c>FileNotWritten</c>.</exception>
    public static void Write(string path, string text, bool overReadOnly = false)
    {
        try
        {
            var attributes = overReadOnly && File.Exists(path) ? File.GetAttributes(path) : FileAttributes.Normal;
            bool readOnly = attributes.HasFlag(FileAttributes.ReadOnly);
            if (readOnly)
                File.SetAttributes(path, attributes & ~FileAttributes.ReadOnly);
            File.WriteAllText(path, text, Utf8);
            if (readOnly)
                File.SetAttributes(path, attributes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ClusterException("FileNotWritten", FailureKind.Permission, path, $"{path} cannot be written: {e.Message}", e);
        }
    }
}
