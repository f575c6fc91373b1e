using System.Diagnostics;
using System.Management.Automation;
using KafkaK8s.Tests.Runner.Commands;
using KafkaK8s.Tests.Runner.Model;

namespace KafkaK8s.Tests.Runner;

/// <summary>One run over a list of files: everything is discovered first, then everything runs.</summary>
internal sealed class TestRun(ScopedScripts scripts, RunnerState state, Reporter reporter)
{
    private readonly RunSummary summary = new();

    public RunSummary Execute(IReadOnlyList<string> files, TestFilter filter)
    {
        var found = files.Select(file => (File: file, Tree: Discover(file, out ErrorRecord? error), Error: error)).ToList();
        foreach (TestCase test in found.SelectMany(item => item.Tree.AllTests))
            test.Selected = filter.Selects(test);
        TestCase[] tests = [.. found.SelectMany(item => item.Tree.AllTests)];
        reporter.Found(tests.Length, tests.Count(test => test.Selected), files.Count);

        foreach ((string file, TestBlock tree, ErrorRecord? error) in found)
        {
            if (error is null && !tree.AllTests.Any(test => test.Selected))
                continue;
            reporter.File(file);
            if (error is null)
                scripts.InFileScope(() => RunBlock(tree));
            else
                Fail("discovery", TimeSpan.Zero, error);
        }

        return summary;
    }

    private TestBlock Discover(string file, out ErrorRecord? error)
    {
        var root = new TestBlock { Name = file, Parent = null };
        state.Discovering = root;
        try
        {
            state.DiscoveryError = null;
            error = scripts.TryCall(file) is { } outer ? state.DiscoveryError ?? outer : null;
        }
        finally
        {
            state.Discovering = null;
        }

        return root;
    }

    /// <summary>Runs a block in the scope opened for it.</summary>
    private void RunBlock(TestBlock block)
    {
        SetData(block);
        if (!block.IsRoot)
            reporter.EnterBlock(block, Titles.Expand(block.Name, scripts.Evaluate));

        // Setups can be dear (a whole cluster): a block of which nothing runs is not set up.
        bool anyRuns = block.AllTests.Any(test => test.WillRun);
        var clock = Stopwatch.StartNew();
        ErrorRecord? error = anyRuns ? RunAll(block.BeforeAll) : null;
        if (error is not null)
            FailAll(block, error);
        else
            RunChildren(block);

        clock.Restart();
        error = anyRuns ? RunAll(block.AfterAll) : null;
        if (error is not null)
            Fail("AfterAll", clock.Elapsed, error);
        if (!block.IsRoot)
            reporter.LeaveBlock();
    }

    private void RunChildren(TestBlock block)
    {
        foreach (TestNode child in block.Children)
        {
            if (child is TestCase test)
                RunTest(test);
            else if (child is TestBlock inner && inner.AllTests.Any(item => item.Selected))
                scripts.InChildScope(() => RunBlock(inner));
        }
    }

    private void RunTest(TestCase test)
    {
        if (!test.Selected)
            return;
        if (test.IsSkipped)
            Skip(test.Title, null);
        else
            scripts.InChildScope(() => RunInScope(test));
    }

    private void RunInScope(TestCase test)
    {
        SetData(test);
        string title = Titles.Expand(test.Name, scripts.Evaluate);
        TestBlock[] outward = [.. Outward(test)];
        var clock = Stopwatch.StartNew();
        ErrorRecord? error = RunAll(outward.Reverse().SelectMany(block => block.BeforeEach).Append(test.Body));
        foreach (ScriptBlock teardown in outward.SelectMany(block => block.AfterEach))
        {
            // Every teardown runs; the first error is the one worth showing.
            ErrorRecord? late = RunAll([teardown]);
            if (late is not null && (error is null || IsSkip(error)))
                error = late;
        }

        if (error is null)
        {
            summary.Passed++;
            reporter.Passed(title, clock.Elapsed);
        }
        else if (IsSkip(error))
        {
            Skip(title, error.Exception.Message);
        }
        else
        {
            Fail(title, clock.Elapsed, error);
        }
    }

    private ErrorRecord? RunAll(IEnumerable<ScriptBlock> blocks)
    {
        state.Running = true;
        try
        {
            return blocks.Select(scripts.TryDotSource).FirstOrDefault(error => error is not null);
        }
        finally
        {
            state.Running = false;
        }
    }

    /// <summary>A failed BeforeAll fails every test that counted on it, in inner blocks too.</summary>
    private void FailAll(TestBlock block, ErrorRecord error)
    {
        if (IsSkip(error))
        {
            // Set-ItResult has no test to speak of here, and a silent pass would be worse.
            error = new ErrorRecord(new InvalidOperationException("Set-ItResult cannot be used in BeforeAll."), "SetItResultInBeforeAll", ErrorCategory.InvalidOperation, null);
        }

        foreach (TestNode child in block.Children)
        {
            if (child is TestCase { Selected: true } test)
            {
                if (test.IsSkipped)
                    Skip(test.Title, null);
                else
                    Fail(test.Title, TimeSpan.Zero, error);
            }
            else if (child is TestBlock inner && inner.AllTests.Any(item => item.Selected))
            {
                reporter.EnterBlock(inner, inner.Title);
                FailAll(inner, error);
                reporter.LeaveBlock();
            }
        }
    }

    private static bool IsSkip(ErrorRecord error) =>
        error.FullyQualifiedErrorId.StartsWith(SetItResultCommand.SkippedId, StringComparison.Ordinal);

    private static IEnumerable<TestBlock> Outward(TestNode node)
    {
        for (TestBlock? block = node.Parent; block is not null; block = block.Parent)
            yield return block;
    }

    private void SetData(TestNode node)
    {
        foreach (KeyValuePair<string, object?> variable in node.Data?.Variables ?? [])
            scripts.SetVariable(variable.Key, variable.Value);
    }

    private void Skip(string title, string? because)
    {
        summary.Skipped++;
        reporter.Skipped(title, because);
    }

    private void Fail(string title, TimeSpan time, ErrorRecord error)
    {
        summary.Failed++;
        reporter.Failed(title, time, error);
    }
}
