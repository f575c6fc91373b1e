using System.Runtime.InteropServices;
using KafkaK8s.Tests.Psh.Hosting;

namespace KafkaK8s.Tests.Psh;

/// <summary>Turns the first Ctrl+C or SIGTERM into a stop of the pipeline, so that cleanup runs; the second ends the process.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;
    private readonly Action stop;

    public Interrupts(Action stop)
    {
        this.stop = stop;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, ExitCodes.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, ExitCodes.Terminated)),
        ];
    }

    /// <summary>The exit code that the signal asks for; null if none came.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int code)
    {
        if (ExitCode is not null)
            return;

        // A read from the terminal cannot be stopped; nothing has been begun that would need cleanup.
        if (Questions.Asking)
            return;
        ExitCode = code;
        context.Cancel = true;
        stop();
    }
}
