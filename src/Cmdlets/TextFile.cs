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
    /// <exception cref="ClusterException"><c>FileNotWritten</c>.</exception>
    public static void Write(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text, Utf8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ClusterException("FileNotWritten", FailureKind.Permission, path, $"{path} cannot be written: {e.Message}", e);
        }
    }
}
