using System.IO.Pipelines;

namespace KafkaK8s.Tests.Fakes;

/// <summary>One stream of two.</summary>
internal sealed class Duplex(Stream read, Stream write) : Stream
{
    /// <summary>Two ends of one connection in memory.</summary>
    public static (Stream Near, Stream Far) Pair()
    {
        var (up, down) = (new Pipe(), new Pipe());
        return (new Duplex(down.Reader.AsStream(), up.Writer.AsStream()), new Duplex(up.Reader.AsStream(), down.Writer.AsStream()));
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush() => write.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => write.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => read.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        read.ReadAsync(buffer, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => write.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        write.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        read.Dispose();
        write.Dispose();
        base.Dispose(disposing);
    }
}
