using System.Text;

namespace KafkaK8s.Core.Kafka;

/// <summary>Bytes of messages as texts, and back. Pure.</summary>
internal static class MessageText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding Utf16 = new(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);

    /// <summary>The text of bytes; the bytes themselves where they are no text of this encoding, so that nothing is lost.</summary>
    public static object? Read(byte[]? bytes, string encoding)
    {
        if (bytes is null)
            return null;
        try
        {
            return encoding switch
            {
                "bytes" => bytes,
                "base64" => Convert.ToBase64String(bytes),
                "hex" => Convert.ToHexString(bytes).ToLowerInvariant(),
                "latin1" => Encoding.Latin1.GetString(bytes),
                "utf16" => Utf16.GetString(bytes),
                _ => Utf8.GetString(bytes),
            };
        }
        catch (DecoderFallbackException)
        {
            return bytes;
        }
    }

    /// <summary>The bytes of a text.</summary>
    /// <exception cref="ClusterException"><c>MessageUnfit</c>: the text cannot be written so.</exception>
    public static byte[] Write(string text, string encoding)
    {
        try
        {
            return encoding switch
            {
                "base64" => Convert.FromBase64String(text),
                "hex" => Convert.FromHexString(text),
                "latin1" =>
                    Encoding.GetEncoding("latin1", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetBytes(text),
                "utf16" => Utf16.GetBytes(text),
                _ => Utf8.GetBytes(text),
            };
        }
        catch (Exception e) when (e is FormatException or EncoderFallbackException)
        {
            throw new ClusterException("MessageUnfit", FailureKind.InvalidInput, null,
                $"A text cannot be written as {encoding}: {e.Message}", e);
        }
    }
}
