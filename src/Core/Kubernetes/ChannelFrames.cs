namespace KafkaK8s.Core.Kubernetes;

/// <summary>A part of a received buffer that belongs to one channel.</summary>
/// <param name="Channel">Number of the channel.</param>
/// <param name="Offset">First byte of it.</param>
/// <param name="Count">Bytes of it; 0 when the frame carried none.</param>
internal readonly record struct ChannelSlice(int Channel, int Offset, int Count);

/// <summary>
/// The framing of v4.channel.k8s.io. Pure. The first byte of each message names the channel; a message may arrive in several
/// pieces, of which only the first has that byte. For a port-forward the first two bytes of each channel repeat the port.
/// </summary>
/// <param name="portBytes">Bytes to drop at the start of each channel: 2 for a port-forward, 0 for exec.</param>
internal sealed class ChannelFrames(int portBytes)
{
    private readonly int[] skip = [portBytes, portBytes, portBytes, portBytes, portBytes];
    private bool start = true;
    private int channel;

    /// <summary>Takes one received piece and says which part of it is data of which channel.</summary>
    public ChannelSlice Take(ReadOnlySpan<byte> piece, bool endOfMessage)
    {
        int offset = 0;
        if (start && piece.Length > 0)
        {
            channel = piece[0];
            offset = 1;
        }

        start = endOfMessage || (start && piece.Length == 0);
        int count = piece.Length - offset;
        if (channel < skip.Length)
        {
            int dropped = Math.Min(skip[channel], count);
            skip[channel] -= dropped;
            offset += dropped;
            count -= dropped;
        }

        return new ChannelSlice(channel, offset, count);
    }
}
