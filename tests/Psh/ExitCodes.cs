namespace KafkaK8s.Tests.Psh;

/// <summary>Exit codes: those of pwsh where it has them, of the shell otherwise.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 64;
    public const int Interrupted = 130;
    public const int Terminated = 143;
}
