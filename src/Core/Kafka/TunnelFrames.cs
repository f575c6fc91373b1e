using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// What passes over one connection of a tunnel, frame by frame: requests are only looked at, and of the answers only those that name
/// brokers are held until they are whole and rewritten. All else passes as it comes, in pieces of any size, without a copy. Requests
/// and answers may be given on two threads.
/// </summary>
/// <param name="portOf">The port of this machine for a broker's id.</param>
internal sealed class TunnelFrames(Func<int, int> portOf)
{
    private const int LongestAnswer = 256 * 1024 * 1024;

    private readonly ConcurrentDictionary<int, (short ApiKey, short Version)> asked = new();
    private readonly byte[] requestHead = new byte[12]; // length, key, version, correlation
    private readonly byte[] answerHead = new byte[8]; // length, correlation
    private int requestHeadRead;
    private int requestLeft;
    private int answerHeadRead;
    private int answerLeft;
    private byte[]? held;
    private int heldRead;
    private (short ApiKey, short Version) heldFor;

    /// <summary>Looks at bytes from the client; call it before they are sent on.</summary>
    /// <exception cref="FormatException">It does not speak Kafka's protocol.</exception>
    public void Requests(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            int count;
            if (requestLeft > 0)
            {
                count = Math.Min(requestLeft, piece.Length);
                requestLeft -= count;
            }
            else
            {
                count = Math.Min(requestHead.Length - requestHeadRead, piece.Length);
                piece[..count].CopyTo(requestHead.AsSpan(requestHeadRead));
                requestHeadRead += count;
                if (requestHeadRead == requestHead.Length)
                    Asked();
            }

            piece = piece[count..];
        }
    }

    /// <summary>Takes bytes from the broker.</summary>
    /// <param name="piece">The bytes.</param>
    /// <param name="pass">Gets what is to be sent to the client now, in order; parts of <paramref name="piece"/> where nothing had to
    /// change.</param>
    /// <exception cref="FormatException">It does not speak Kafka's protocol.</exception>
    public void Answers(ReadOnlyMemory<byte> piece, List<ReadOnlyMemory<byte>> pass)
    {
        int at = 0;
        int from = 0; // start of what passes unchanged
        while (at < piece.Length)
        {
            int here = piece.Length - at;
            if (held is not null)
            {
                int count = Math.Min(held.Length - heldRead, here);
                piece.Span.Slice(at, count).CopyTo(held.AsSpan(heldRead));
                heldRead += count;
                at += count;
                from = at;
                if (heldRead < held.Length)
                    continue;
                pass.Add(AddressRewrite.Answer(heldFor.ApiKey, heldFor.Version, held, portOf));
                held = null;
            }
            else if (answerLeft > 0)
            {
                int count = Math.Min(answerLeft, here);
                answerLeft -= count;
                at += count;
            }
            else
            {
                int before = answerHeadRead;
                int head = at;
                int count = Math.Min(answerHead.Length - before, here);
                piece.Span.Slice(at, count).CopyTo(answerHead.AsSpan(before));
                answerHeadRead += count;
                at += count;
                bool whole = answerHeadRead == answerHead.Length;
                if (whole)
                    answerHeadRead = 0;
                if (whole && !Hold())
                {
                    if (before > 0)
                        pass.Add(answerHead.AsMemory(0, before).ToArray()); // kept back until now
                    continue;
                }

                Pass(head);
                from = at;
            }
        }

        Pass(at);

        void Pass(int end)
        {
            if (end > from)
                pass.Add(piece[from..end]);
        }
    }

    /// <summary>Room for an answer, its length in place.</summary>
    /// <param name="head">The length.</param>
    /// <exception cref="FormatException">It is none of Kafka's.</exception>
    public static byte[] NewAnswer(ReadOnlySpan<byte> head)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length < 4)
            throw new FormatException("what answers there does not speak Kafka's protocol");
        if (length > LongestAnswer)
            throw new FormatException($"an answer of {length} bytes is too long for the tunnel");
        byte[] answer = new byte[4 + length];
        head.CopyTo(answer);
        return answer;
    }

    private void Asked()
    {
        requestHeadRead = 0;
        requestLeft = BinaryPrimitives.ReadInt32BigEndian(requestHead) - 8;
        if (requestLeft < 0)
            throw new FormatException("what connects to the tunnel does not speak Kafka's protocol");
        short apiKey = BinaryPrimitives.ReadInt16BigEndian(requestHead.AsSpan(4));
        if (AddressRewrite.Concerns(apiKey))
            asked[BinaryPrimitives.ReadInt32BigEndian(requestHead.AsSpan(8))] = (apiKey,
                BinaryPrimitives.ReadInt16BigEndian(requestHead.AsSpan(6)));
    }

    /// <summary>The head of an answer is there. Whether the answer is to be held until it is whole.</summary>
    private bool Hold()
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(answerHead);
        if (length < 4)
            throw new FormatException("what answers there does not speak Kafka's protocol");
        if (!asked.TryRemove(BinaryPrimitives.ReadInt32BigEndian(answerHead.AsSpan(4)), out heldFor))
        {
            answerLeft = length - 4;
            return false;
        }

        held = NewAnswer(answerHead.AsSpan(0, 4));
        answerHead.CopyTo(held, 0);
        heldRead = answerHead.Length;
        return true;
    }
}
