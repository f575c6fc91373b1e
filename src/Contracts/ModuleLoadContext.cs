using System.Reflection;
using System.Runtime.Loader;

namespace KafkaK8s;

/// <summary>
/// The load context of the module's cmdlets and of everything that they depend on, so that the YAML, Kubernetes and Kafka
/// libraries of this module never meet other versions of themselves that another module brought into the same process.
/// </summary>
/// <remarks>Only the types of this assembly live in the default context: they are what scripts can name.</remarks>
public sealed class ModuleLoadContext : AssemblyLoadContext
{
    private static readonly Lazy<Assembly> CmdletAssembly = new(static () =>
    {
        string file = Path.Combine(Path.GetDirectoryName(typeof(ModuleLoadContext).Assembly.Location)!, "KafkaK8s.Cmdlets.dll");
        return new ModuleLoadContext(file).LoadFromAssemblyPath(file);
    });

    private readonly string folder;

    // Only for native libraries, which lie in a folder for each platform: it has the host read and check the whole deps.json.
    private readonly Lazy<AssemblyDependencyResolver> resolver;

    private ModuleLoadContext(string file)
        : base("KafkaK8s", isCollectible: false)
    {
        folder = Path.GetDirectoryName(file)!;
        resolver = new(() => new AssemblyDependencyResolver(file));
    }

    /// <summary>Whether the module was imported before in this process.</summary>
    public static bool IsLoaded => CmdletAssembly.IsValueCreated;

    /// <summary>The assembly of the cmdlets, loaded once in a process.</summary>
    public static Assembly Module => CmdletAssembly.Value;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        ArgumentNullException.ThrowIfNull(assemblyName);
        Assembly contracts = typeof(ModuleLoadContext).Assembly;
        if (assemblyName.Name == contracts.GetName().Name)
            return contracts;

        // Null hands over to the default context: that is where the engine itself lives.
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.Value.ResolveUnmanagedDllToPath(unmanagedDllName) is string path ? LoadUnmanagedDllFromPath(path) : 0;
}
