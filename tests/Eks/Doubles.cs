using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>What stands in for AWS: see tests/Aws. Started once for all tests; the processes end with this one.</summary>
public sealed class Doubles : IAsyncLifetime, IDisposable
{
    public const string Key = "AKIAIOSFODNN7EXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private readonly List<Process> processes = [];
    private readonly HttpClient http = new();

    /// <summary>The stub that AWS's model of EKS drives.</summary>
    public string Stub { get; private set; } = "";

    /// <summary>moto's server: EKS, EC2, IAM, STS.</summary>
    public string Moto { get; private set; } = "";

    private static string Folder { get; } = Path.Combine(Root(), "tests", "Aws");

    private string Cache { get; set; } = "";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        using var setup = Process.Start(new ProcessStartInfo(Path.Combine(Folder, "setup.sh"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = AwsVariables.MachineHome }
        })!;
        var errors = setup.StandardError.ReadToEndAsync();
        Cache = (await setup.StandardOutput.ReadToEndAsync()).Trim();
        await setup.WaitForExitAsync();
        Assert.True(setup.ExitCode == 0, await errors);
        var stub = Listen("model_stub.py", Path.Combine(Cache, "model", "eks", "service-2.json"), $"{Key}:{Secret}");
        var moto = Listen("moto_server.py");
        Stub = await stub;
        Moto = await moto;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var process in processes)
        {
            process.StandardInput.Close(); // its sign to end
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }

            process.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Tells the stub what to answer; see model_stub.py.</summary>
    public async Task ScriptAsync(string script)
    {
        using var content = new StringContent(script, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri($"{Stub}/_stub/script"), content);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Forgets scripts and log.</summary>
    public async Task ResetAsync()
    {
        using var response = await http.PostAsync(new Uri($"{Stub}/_stub/reset"), null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The requests that the stub has seen.</summary>
    public async Task<JsonObject[]> LogAsync() =>
        [.. (await http.GetFromJsonAsync<JsonArray>(new Uri($"{Stub}/_stub/log")))!.Select(r => r!.AsObject())];

    /// <summary>A Python program of tests/Aws, with the packages of the set-up and none of the machine's.</summary>
    internal Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["PYTHONPATH"] = Path.Combine(Cache, "python"), ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true" }
        };
        foreach (string argument in new[] { "-S", Path.Combine(Folder, program) }.Concat(arguments))
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        processes.Add(process);
        return process;
    }

    private async Task<string> Listen(string program, params string[] arguments)
    {
        string? line = await Start(program, arguments).StandardOutput.ReadLineAsync();
        Assert.StartsWith("listening ", line, StringComparison.Ordinal);
        return $"http://127.0.0.1:{line!["listening ".Length..]}";
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "KafkaK8s.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("KafkaK8s.sln is in no folder above the tests.");
    }
}

/// <summary>All tests that use the doubles.</summary>
[CollectionDefinition(Name)]
public sealed class DoublesCollection : ICollectionFixture<Doubles>
{
    public const string Name = "doubles";
}
