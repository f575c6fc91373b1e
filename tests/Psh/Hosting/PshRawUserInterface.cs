using System.Management.Automation.Host;

namespace KafkaK8s.Tests.Psh.Hosting;

/// <summary>The size of the terminal, or a fixed size where there is none, so that files come out the same everywhere.</summary>
internal sealed class PshRawUserInterface : PSHostRawUserInterface
{
    private const int FixedWidth = 120;
    private const int FixedHeight = 50;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override Size BufferSize { get => Window(); set => throw NoDrawing(); }

    public override Coordinates CursorPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override bool KeyAvailable => false;

    public override Size MaxPhysicalWindowSize => Window();

    public override Size MaxWindowSize => Window();

    public override Coordinates WindowPosition { get; set; }

    public override Size WindowSize { get => Window(); set => throw NoDrawing(); }

    public override string WindowTitle { get; set; } = "psh";

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NoDrawing();

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw NoDrawing();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw NoDrawing();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NoDrawing();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
    }

    private static NotSupportedException NoDrawing() => new("psh does not draw on the terminal.");

    private static Size Window()
    {
        if (Console.IsOutputRedirected)
            return new Size(FixedWidth, FixedHeight);
        try
        {
            // A terminal without a size says 0.
            return new Size(Console.WindowWidth > 0 ? Console.WindowWidth : FixedWidth, Console.WindowHeight > 0 ? Console.WindowHeight : FixedHeight);
        }
        catch (IOException)
        {
            return new Size(FixedWidth, FixedHeight);
        }
    }
}
