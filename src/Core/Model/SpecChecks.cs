using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Model;

/// <summary>
/// Relations between the values of a spec. Pure: errors are thrown before anything is changed on a server, advice is returned.
/// </summary>
internal static partial class SpecChecks
{
    // The start scripts give a broker half of its memory as heap, a server all but 128 MiB; less than 64 MiB of heap serve neither.
    private const decimal Mebi = 1024 * 1024;
    private const decimal SmallestBroker = 256;
    private const decimal SmallestServer = 192;

    /// <summary>Broker properties that the start script or a parameter of its own sets, with what to use instead.</summary>
    private static readonly Dictionary<string, string> OwnedConfig = new(StringComparer.Ordinal)
    {
        ["advertised.listeners"] = "it follows from the pod's name",
        ["broker.id"] = "it is the pod's ordinal",
        ["broker.id.generation.enable"] = "ids are the pods' ordinals",
        ["default.replication.factor"] = "use -ReplicationFactor",
        ["inter.broker.listener.name"] = "the start script sets it",
        ["listener.security.protocol.map"] = "the start script sets it",
        ["listeners"] = "the start script sets it",
        ["log.dir"] = "data lives on the volume",
        ["log.dirs"] = "data lives on the volume",
        ["min.insync.replicas"] = "use -MinInSyncReplicas",
        ["node.id"] = "it is the pod's ordinal",
        ["offsets.topic.replication.factor"] = "use -ReplicationFactor",
        ["process.roles"] = "this cluster keeps its metadata in ZooKeeper",
        ["transaction.state.log.min.isr"] = "use -MinInSyncReplicas",
        ["transaction.state.log.replication.factor"] = "use -ReplicationFactor",
        ["zookeeper.connect"] = "it lists the ensemble of this cluster",
    };

    /// <summary>Names of the broker properties that -Config may not set.</summary>
    public static IReadOnlyCollection<string> OwnedConfigKeys => OwnedConfig.Keys;

    /// <summary>Merges what is given now into what was given before.</summary>
    public static ClusterSpec Merge(ClusterSpec? before, ClusterSpec given) => before is null ? given with
    {
        Config = Merge(null, given.Config),
        NodeSelector = Merge(null, given.NodeSelector),
    }
    : new ClusterSpec
    {
        Name = given.Name,
        ZooKeeperCount = given.ZooKeeperCount ?? before.ZooKeeperCount,
        BrokerCount = given.BrokerCount ?? before.BrokerCount,
        // -Ephemeral takes back what was said of volumes; whether it can still be had is for the standing objects to say.
        StorageSize = given.StorageSize ?? (given.Ephemeral == true ? null : before.StorageSize),
        ZooKeeperStorageSize = given.ZooKeeperStorageSize ?? (given.Ephemeral == true ? null : before.ZooKeeperStorageSize),
        StorageClass = given.StorageClass ?? (given.Ephemeral == true ? null : before.StorageClass),
        Ephemeral = given.Ephemeral ?? before.Ephemeral,
        Plaintext = given.Plaintext ?? before.Plaintext,
        KafkaImage = given.KafkaImage ?? before.KafkaImage,
        ZooKeeperImage = given.ZooKeeperImage ?? before.ZooKeeperImage,
        BrokerMemory = given.BrokerMemory ?? before.BrokerMemory,
        ZooKeeperMemory = given.ZooKeeperMemory ?? before.ZooKeeperMemory,
        BrokerCpu = given.BrokerCpu ?? before.BrokerCpu,
        ZooKeeperCpu = given.ZooKeeperCpu ?? before.ZooKeeperCpu,
        BrokerCpuLimit = given.BrokerCpuLimit ?? before.BrokerCpuLimit,
        ZooKeeperCpuLimit = given.ZooKeeperCpuLimit ?? before.ZooKeeperCpuLimit,
        ReplicationFactor = given.ReplicationFactor ?? before.ReplicationFactor,
        MinInSyncReplicas = given.MinInSyncReplicas ?? before.MinInSyncReplicas,
        Config = Merge(before.Config, given.Config),
        NodeSelector = Merge(before.NodeSelector, given.NodeSelector),
        Toleration = given.Toleration ?? before.Toleration,
    };

    // A table is merged by its names; a null takes one away.
    private static IReadOnlyDictionary<string, string?>? Merge(IReadOnlyDictionary<string, string?>? before,
        IReadOnlyDictionary<string, string?>? given)
    {
        if (given is null)
            return before;
        var merged = new Dictionary<string, string?>(before ?? new Dictionary<string, string?>());
        foreach (var (key, value) in given)
        {
            if (value is null)
                merged.Remove(key);
            else
                merged[key] = value;
        }

        return merged;
    }

    /// <summary>
    /// Fills in what follows from a small number of brokers: no more copies than brokers, and one copy fewer in sync, so that one
    /// broker may be away.
    /// </summary>
    /// <param name="spec">The spec as given.</param>
    /// <param name="defaults">The values of the manifests.</param>
    public static ClusterSpec Complete(ClusterSpec spec, ManifestDefaults defaults)
    {
        int brokers = spec.BrokerCount ?? defaults.BrokerCount;
        int factor = spec.ReplicationFactor ?? Math.Min(defaults.ReplicationFactor, brokers);
        int inSync = spec.MinInSyncReplicas ?? Math.Min(defaults.MinInSyncReplicas, Math.Max(1, factor - 1));
        return spec with
        {
            ReplicationFactor = factor == defaults.ReplicationFactor ? spec.ReplicationFactor : factor,
            MinInSyncReplicas = inSync == defaults.MinInSyncReplicas ? spec.MinInSyncReplicas : inSync,
        };
    }

    /// <summary>Rejects values that do not fit together.</summary>
    /// <param name="spec">A completed spec.</param>
    /// <param name="defaults">The values of the manifests.</param>
    /// <param name="force">Allows an even ensemble.</param>
    /// <exception cref="ClusterException">Kind InvalidInput; the message names the parameter and the way out.</exception>
    public static void Check(ClusterSpec spec, ManifestDefaults defaults, bool force)
    {
        int? servers = spec.ZooKeeperCount ?? defaults.ZooKeeperCount;
        CheckValues(spec with
        {
            BrokerCount = spec.BrokerCount ?? defaults.BrokerCount,
            ZooKeeperCount = servers,
            ReplicationFactor = spec.ReplicationFactor ?? defaults.ReplicationFactor,
            MinInSyncReplicas = spec.MinInSyncReplicas ?? defaults.MinInSyncReplicas,
        });
        if (servers is int count && count % 2 == 0 && !force)
        {
            throw Invalid("EvenEnsemble", count, $"-ZooKeeperCount {count}: an even ensemble tolerates no more failures than one with "
                + $"one server fewer. Ask for {count - 1} or {count + 1}, or use -Force.");
        }
    }

    /// <summary>Rejects values that are invalid on their own, before the cluster is read: values that were given earlier are not known
    /// yet.</summary>
    /// <param name="spec">The spec as given.</param>
    /// <exception cref="ClusterException">As <see cref="Check"/>.</exception>
    public static void CheckGiven(ClusterSpec spec)
    {
        CheckValues(spec);
        // What follows is newer than some clusters that stand: it is asked of what is given, not of what was given before.
        ImageVersions.Check(spec);
        CheckMemory("-BrokerMemory", spec.BrokerMemory, SmallestBroker);
        CheckMemory("-ZooKeeperMemory", spec.ZooKeeperMemory, SmallestServer);
        foreach (var (key, value) in spec.Config ?? new Dictionary<string, string?>())
        {
            if (value is not null && BrokerConfig.IsSecret(key, value))
            {
                throw Invalid("SecretInConfig", key,
                    $"-Config: {key} is a secret, and what -Config gives stands readable in the StatefulSet and in every broker's "
                    + $"environment. " +
                    "Leave it out: no listener of this version needs one. Secrets will come from a Kubernetes Secret, together with "
                    + "listeners for TLS and SASL.");
            }
        }
    }

    private static void CheckValues(ClusterSpec spec)
    {
        CheckName(spec.Name);
        var (brokers, servers, factor, inSync) = (spec.BrokerCount, spec.ZooKeeperCount, spec.ReplicationFactor, spec.MinInSyncReplicas);
        if (brokers < 1)
            throw Invalid("InvalidCount", brokers, $"-BrokerCount {brokers}: a cluster has at least one broker.");
        if (servers is < 1 or > 255)
            throw Invalid("InvalidCount", servers, $"-ZooKeeperCount {servers}: an ensemble has 1 to 255 servers.");
        if (factor < 1 || inSync < 1)
            throw Invalid("InvalidReplication", factor < 1 ? factor : inSync!, "-ReplicationFactor and -MinInSyncReplicas are at least 1.");
        if (factor > brokers)
            throw Invalid("ReplicationFactorTooHigh", factor,
                $"-ReplicationFactor {factor}: there are only {brokers} brokers to hold replicas. Ask for more brokers, or for a factor "
                    + $"of at most {brokers}.");
        if (inSync > factor)
            throw Invalid("MinInSyncReplicasTooHigh", inSync,
                $"-MinInSyncReplicas {inSync}: with {factor} replicas nothing could ever be written. Ask for at most {factor}; with "
                    + $"{Math.Max(1, factor.Value - 1)} one broker may fail.");
        CheckQuantity("-StorageSize", spec.StorageSize);
        CheckQuantity("-ZooKeeperStorageSize", spec.ZooKeeperStorageSize);
        CheckQuantity("-BrokerMemory", spec.BrokerMemory);
        CheckQuantity("-ZooKeeperMemory", spec.ZooKeeperMemory);
        CheckQuantity("-BrokerCpu", spec.BrokerCpu);
        CheckQuantity("-ZooKeeperCpu", spec.ZooKeeperCpu);
        CheckQuantity("-BrokerCpuLimit", spec.BrokerCpuLimit);
        CheckQuantity("-ZooKeeperCpuLimit", spec.ZooKeeperCpuLimit);
        if (spec.Ephemeral == true && (spec.StorageSize ?? spec.ZooKeeperStorageSize ?? spec.StorageClass) is string storage)
            throw Invalid("EphemeralWithStorage", storage,
                "-Ephemeral makes no volumes: leave -StorageSize, -ZooKeeperStorageSize and -StorageClass out.");
        foreach (string key in spec.Config?.Keys ?? [])
            CheckConfig(key, spec.Plaintext == false);
        if (spec.Plaintext == false)
            ImageVersions.CheckTls(spec);
        foreach (var (key, value) in spec.NodeSelector ?? new Dictionary<string, string?>())
        {
            if (!Labels.IsKey(key) || !Labels.IsValue(value ?? ""))
                throw Invalid("InvalidPlacement", key,
                    $"-NodeSelector: '{key}={value}' is not a valid node label. Give a table of labels, such as @{{ dedicated = 'kafka' "
                        + $"}}.");
        }

        foreach (string text in spec.Toleration ?? [])
        {
            if (Toleration.TryParse(text) is null)
                throw Invalid("InvalidPlacement", text,
                    $"-Toleration '{text}' is not a toleration. Write key=value:effect, such as dedicated=kafka:NoSchedule; the value and "
                        + $"the effect (NoSchedule, PreferNoSchedule, NoExecute) can be left out.");
        }
    }

    /// <summary>Warnings: legal but unwise values, one sentence each.</summary>
    public static IEnumerable<string> Advise(ClusterSpec spec, ManifestDefaults defaults)
    {
        int factor = spec.ReplicationFactor ?? defaults.ReplicationFactor;
        int inSync = spec.MinInSyncReplicas ?? defaults.MinInSyncReplicas;
        if (spec.Ephemeral == true)
            yield return "-Ephemeral: there are no volumes. Data is lost when a pod is deleted.";
        if (factor == 1)
            yield return "Replication factor 1: each message is stored once and is lost with the disk of its broker.";
        else if (inSync == factor)
            yield return $"-MinInSyncReplicas {inSync} with {factor} replicas: while one broker is down, even for a restart, producers "
                + $"with acks=all are refused.";
        else if (inSync == 1)
            yield return $"-MinInSyncReplicas 1: a message may be acknowledged while only one broker holds it.";
        if (Quantity.TryParse(spec.BrokerMemory, out decimal memory) && memory < 512m * 1024 * 1024)
            yield return $"-BrokerMemory {spec.BrokerMemory}: half of it is the heap; below 512Mi a broker may run out of memory.";
        foreach (string key in (spec.Config ?? new Dictionary<string, string?>()).Where(p => BrokerConfig.IsSecret(p.Key, p.Value ?? ""))
            .Select(p => p.Key).Order(StringComparer.Ordinal))
            yield return $"{key} was given earlier and is a secret that stands readable in the StatefulSet: take it away with -Config @{{ "
                + $"'{key}' = $null }}.";
    }

    /// <summary>Refuses a name that Kubernetes could not use for every object.</summary>
    public static void CheckName(string name)
    {
        if (!DnsLabel().IsMatch(name))
            throw Invalid("InvalidName", name,
                $"'{name}' is not a valid cluster name: use lower-case letters, digits and '-'; begin with a letter, end with a letter or "
                    + $"digit.");
        if (name.Length > ClusterNames.LongestCluster)
            throw Invalid("NameTooLong", name,
                $"'{name}' has {name.Length} characters. With the suffixes of pods and services, the name of a cluster has at most "
                    + $"{ClusterNames.LongestCluster}.");
    }

    /// <summary>The failure of an object of the pipeline that gives no name.</summary>
    public static ClusterException NameMissing(string command) => Invalid("NameMissing", command,
        $"An object in the pipeline gives no name of a cluster: it has no property Name, or it is empty. Add a column Name, or give -Name "
            + $"to {command}.");

    /// <summary>The failure of a row of a table with a value that its parameter cannot take.</summary>
    public static ClusterException CellUnfit(string parameter, object value) => Invalid("CellUnfit", value,
        $"'{value}' in the column {parameter} is no value for -{parameter}. Get-Help shows what it takes; an empty cell leaves it out.");

    /// <summary>The failure of a parameter whose value is nothing.</summary>
    public static ClusterException EmptyParameter(string parameter) => Invalid("EmptyParameter", parameter,
        $"-{parameter} was given an empty value. Leave the parameter out, or look where its value comes from: a variable of that name may "
            + $"not exist.");

    /// <summary>Refuses what cannot be the name of a namespace: it becomes a part of the path of each request.</summary>
    public static void CheckNamespace(string ns)
    {
        if (ns.Length > 63 || !NamespaceLabel().IsMatch(ns))
            throw Invalid("InvalidNamespace", ns,
                $"'{ns}' cannot name a namespace: use at most 63 lower-case letters, digits and '-', no '-' first or last.");
    }

    private static void CheckQuantity(string parameter, string? value)
    {
        if (value is not null && (!Quantity.TryParse(value, out decimal number) || number <= 0))
            throw Invalid("InvalidQuantity", value,
                $"{parameter} '{value}' is not a quantity of Kubernetes. Write a number above 0 with a unit, such as 10Gi, 512Mi or 500m.");
    }

    private static void CheckMemory(string parameter, string? value, decimal smallest)
    {
        if (Quantity.TryParse(value, out decimal memory) && memory < smallest * Mebi)
            throw Invalid("TooLittleMemory", value!,
                $"{parameter} {value} is too little for Java and its heap. Give at least {smallest:0}Mi.");
    }

    private static void CheckConfig(string key, bool tls)
    {
        if (!PropertyName().IsMatch(key))
            throw Invalid("InvalidConfig", key, $"-Config: '{key}' is not the name of a broker property.");
        if (OwnedConfig.TryGetValue(key, out string? why) || key.StartsWith("listener.name.", StringComparison.Ordinal)
            || key.StartsWith("controller.", StringComparison.Ordinal))
            throw Invalid("ConfigOwned", key, $"-Config: {key} is set by this module: {why ?? "listeners are not changed by hand"}.");
        if (tls && TlsConfig().IsMatch(key))
            throw Invalid("ConfigOwned", key,
                $"-Config: {key} is set by this module in a cluster with TLS: who comes in is not changed by hand.");
    }

    private static ClusterException Invalid(string id, object target, string message) => new(id, FailureKind.InvalidInput, target, message);

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamespaceLabel();

    // What decides who comes in. Ciphers, versions and times stay free.
    [GeneratedRegex(@"^(ssl\.(keystore|truststore|key|client\.auth|principal)|sasl\.|security\.inter|super\.users\z|authorizer\."
        + @"|allow\.everyone|principal\.builder|zookeeper\.(ssl|clientCnxnSocket|set\.acl))", RegexOptions.CultureInvariant)]
    private static partial Regex TlsConfig();

    [GeneratedRegex(@"^[a-z][a-z0-9._\-]*\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex PropertyName();
}
