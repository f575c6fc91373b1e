using System.Management.Automation.Runspaces;
using KafkaK8s.Tests.Runner.Commands;

namespace KafkaK8s.Tests.Runner;

/// <summary>Puts the test keywords into a session. Cmdlet names need a dash, so the keywords are aliases.</summary>
public static class Keywords
{
    /// <summary>The cmdlet that runs test files.</summary>
    public const string RunCommand = "Invoke-MiniRunner";

    /// <summary>Adds the cmdlets and aliases.</summary>
    /// <param name="state">The session state to be opened.</param>
    public static void AddTo(InitialSessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Add<InvokeMiniRunnerCommand>(state, RunCommand);
        Add<AddDescribeCommand>(state, "Add-Describe", "Describe");
        Add<AddContextCommand>(state, "Add-Context", "Context");
        Add<AddItCommand>(state, "Add-It", "It");
        Add<AddBeforeAllCommand>(state, "Add-BeforeAll", "BeforeAll");
        Add<AddAfterAllCommand>(state, "Add-AfterAll", "AfterAll");
        Add<AddBeforeEachCommand>(state, "Add-BeforeEach", "BeforeEach");
        Add<AddAfterEachCommand>(state, "Add-AfterEach", "AfterEach");
        Add<InvokeBeforeDiscoveryCommand>(state, "Invoke-BeforeDiscovery", "BeforeDiscovery");
        Add<AssertShouldCommand>(state, "Assert-Should", "Should");
        Add<SetItResultCommand>(state, "Set-ItResult");
    }

    private static void Add<TCommand>(InitialSessionState state, string name, string? alias = null)
    {
        state.Commands.Add(new SessionStateCmdletEntry(name, typeof(TCommand), null));
        if (alias is not null)
            state.Commands.Add(new SessionStateAliasEntry(alias, name));
    }
}
