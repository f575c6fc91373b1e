namespace KafkaK8s.Core.Kubernetes;

/// <summary>Bytes to and from a port of a pod. One reader and one writer may run at the same time.</summary>
internal abstract class PodChannel : IAsyncDisposable
{
    private ReadOnlyMemory<byte> rest;

    /// <summary>Where the writer puts its bytes before <see cref="SendAsync"/>: they go out from here without another copy.</summary>
    public abstract Memory<byte> Outgoing { get; }

    /// <summary>Sends the first bytes of <see cref="Outgoing"/>.</summary>
    public abstract ValueTask SendAsync(int count, CancellationToken cancel);

    /// <summary>Waits for bytes from the pod; empty at the end. They stay valid until the next call.</summary>
    /// <exception cref="ClusterException">Nobody listens on the port, or the connection broke.</exception>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancel);

    /// <summary>Ends the connection.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Sends bytes.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, Outgoing.Length);
            bytes[..count].CopyTo(Outgoing);
            await SendAsync(count, cancel).ConfigureAwait(false);
            bytes = bytes[count..];
        }
    }

    /// <summary>Reads exactly as many bytes as fit; false when the pod's end was closed before.</summary>
    public async Task<bool> ReadExactlyAsync(Memory<byte> bytes, CancellationToken cancel)
    {
        while (bytes.Length > 0)
        {
            int count = await ReadAsync(bytes, cancel).ConfigureAwait(false);
            if (count == 0)
                return false;
            bytes = bytes[count..];
        }

        return true;
    }

    /// <summary>Reads what is there, at least one byte; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> bytes, CancellationToken cancel)
    {
        if (rest.IsEmpty)
            rest = await ReceiveAsync(cancel).ConfigureAwait(false);
        int count = Math.Min(rest.Length, bytes.Length);
        rest[..count].CopyTo(bytes);
        rest = rest[count..];
        return count;
    }
}
