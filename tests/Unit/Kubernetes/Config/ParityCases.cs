namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

/// <summary>One kubeconfig and what must arrive from it.</summary>
/// <param name="Fields">The fields that it is about.</param>
/// <param name="Title">What is special.</param>
/// <param name="Cluster">Body of the cluster.</param>
/// <param name="User">Body of the user.</param>
/// <param name="Arrives">What arrives, in one line; "refused" and a word of our message where nothing may.</param>
internal sealed record ParityCase(string Fields, string Title, string Cluster, string User, string Arrives)
{
    /// <summary>More of the context.</summary>
    public string Context { get; init; } = "";

    /// <summary>More of the file.</summary>
    public string More { get; init; } = "";

    /// <summary>The whole file, where it is not made of the parts.</summary>
    public string? Whole { get; init; }

    /// <summary>Whether it is about a WebSocket.</summary>
    public bool Upgrade { get; init; }

    /// <summary>Variables that are set.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>What arrives from kubectl, where we mean to differ; and why.</summary>
    public (string Arrives, string Why)? Kubectl { get; init; }
}

/// <summary>
/// The cases. In the texts <c>{good}</c> and the like stand for addresses: good (127.0.0.1, right name), name (localhost), wrong (another
/// name), inter (certificate by an intermediate, which is not sent), plain (http), bare (http without the scheme).
/// </summary>
internal static class ParityCases
{
    /// <summary>All fields of the format: the json tags of client-go's tools/clientcmd/api/v1/types.go, of 2026-07.</summary>
    public static readonly string[] AllFields =
    [
        "kind", "apiVersion", "preferences", "preferences.colors", "preferences.extensions", "clusters", "users", "contexts",
        "current-context", "extensions", "name",
        "cluster.server", "cluster.tls-server-name", "cluster.insecure-skip-tls-verify", "cluster.certificate-authority",
        "cluster.certificate-authority-data",
        "cluster.proxy-url", "cluster.disable-compression", "cluster.extensions",
        "user.client-certificate", "user.client-certificate-data", "user.client-key", "user.client-key-data", "user.token",
        "user.tokenFile", "user.as", "user.as-uid",
        "user.as-groups", "user.as-user-extra", "user.username", "user.password", "user.auth-provider", "user.exec", "user.extensions",
        "context.cluster", "context.user", "context.namespace", "context.extensions",
        "auth-provider.name", "auth-provider.config",
        "exec.command", "exec.args", "exec.env", "exec.apiVersion", "exec.installHint", "exec.provideClusterInfo", "exec.interactiveMode",
        "env.name", "env.value",
    ];

    private const string Ca = "certificate-authority: ca.pem";
    private const string Good = "server: '{good}', " + Ca;
    private const string V1 = "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never";

    public static readonly ParityCase[] All =
    [
        // who is the server
        new(
            "cluster.server cluster.certificate-authority user.token context.cluster context.user current-context clusters users contexts "
                + "name", "plain", Good, "token: t", "good /version [Bearer t]"),
        new("cluster.certificate-authority-data", "authority as data", "server: '{good}', certificate-authority-data: {cadata}", "token: t",
            "good /version [Bearer t]"),
        new("cluster.certificate-authority", "none: the system's", "server: '{good}'", "token: t", "refused trusted"),
        new("cluster.certificate-authority", "a missing file", "server: '{good}', certificate-authority: gone.pem", "token: t",
            "refused certificate-authority"),
        new("cluster.certificate-authority-data", "both", Good + ", certificate-authority-data: {cadata}", "token: t",
            "refused certificate-authority-data"),
        new("cluster.server", "certificate for another name", "server: '{wrong}', " + Ca, "token: t", "refused api.internal.example"),
        new("cluster.tls-server-name", "the name that is checked, and SNI", "server: '{wrong}', tls-server-name: api.internal.example, "
            + Ca, "token: t", "wrong /version sni=api.internal.example [Bearer t]"),
        new("cluster.tls-server-name", "which the certificate has not", "server: '{good}', tls-server-name: api.internal.example, " + Ca,
            "token: t", "refused localhost"),
        new("cluster.server", "a name is SNI", "server: '{name}', " + Ca, "token: t", "good /version sni=localhost [Bearer t]"),
        new("cluster.insecure-skip-tls-verify", "nobody is checked", "server: '{wrong}', insecure-skip-tls-verify: true", "token: t",
            "wrong /version [Bearer t]"),
        new("cluster.insecure-skip-tls-verify", "with an authority", "server: '{wrong}', insecure-skip-tls-verify: true, " + Ca, "token: t",
            "refused insecure-skip-tls-verify"),
        new("cluster.certificate-authority", "an intermediate", "server: '{inter}', certificate-authority: inter.pem", "token: t",
            "inter /version [Bearer t]"),
        new("cluster.certificate-authority", "the root alone, intermediate not sent", "server: '{inter}', " + Ca, "token: t",
            "refused trusted"),
        // the way to it
        new("cluster.server", "a path", "server: '{good}/k8s/clusters/c-1', " + Ca, "token: t",
            "good /k8s/clusters/c-1/version [Bearer t]"),
        new("cluster.server", "a path, WebSocket", "server: '{good}/k8s/clusters/c-1/', " + Ca, "token: t",
            "good /k8s/clusters/c-1/api/v1/namespaces/default/pods/x/exec [Bearer t]") { Upgrade = true },
        new("cluster.server", "no credential over http", "server: '{plain}'", "token: t", "plain /version"),
        new("cluster.server", "http, password", "server: '{plain}'", "username: u, password: p", "plain /version"),
        new("cluster.server", "http without a user", "server: '{plain}'", "", "plain /version") { Whole =
            "clusters: [{name: c, cluster: {server: '{plain}'}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x" },
        new("cluster.server", "no scheme is http", "server: '{bare}'", "token: t", "plain /version"),
        new("cluster.server", "empty", "server: ''", "token: t", "refused server"),
        new("cluster.proxy-url", "http", "server: '{behind}', tls-server-name: localhost, proxy-url: '{http-proxy}', " + Ca, "token: t",
            "http proxy to kube.behind.proxy; good /version sni=localhost [Bearer t]"),
        new("cluster.proxy-url", "socks5", "server: '{behind}', tls-server-name: localhost, proxy-url: '{socks5-proxy}', " + Ca, "token: t",
            "socks5 proxy to kube.behind.proxy; good /version sni=localhost [Bearer t]"),
        new("cluster.proxy-url", "https", "server: '{behind}', tls-server-name: localhost, proxy-url: '{https-proxy}', " + Ca, "token: t",
            "https proxy to kube.behind.proxy; good /version sni=localhost [Bearer t]"),
        new("cluster.proxy-url", "WebSocket", "server: '{behind}', tls-server-name: localhost, proxy-url: '{http-proxy}', " + Ca,
            "token: t",
            "http proxy to kube.behind.proxy; good /api/v1/namespaces/default/pods/x/exec sni=localhost [Bearer t]") { Upgrade = true },
        new("cluster.proxy-url", "another scheme", Good + ", proxy-url: 'ftp://127.0.0.1:1'", "token: t", "refused proxy-url"),
        new("cluster.proxy-url", "HTTPS_PROXY", "server: '{behind}', tls-server-name: localhost, " + Ca, "token: t",
            "http proxy to kube.behind.proxy; good /version sni=localhost [Bearer t]") { Variables =
                new Dictionary<string, string> { ["HTTPS_PROXY"] = "{http-proxy}" } },
        new("cluster.proxy-url", "HTTPS_PROXY, loopback", Good, "token: t",
            "good /version [Bearer t]") { Variables = new Dictionary<string, string> { ["HTTPS_PROXY"] = "{http-proxy}" } },
        new("cluster.disable-compression", "true", Good + ", disable-compression: true", "token: t",
            "good /version [Bearer t] uncompressed"),
        // who asks
        new("user.tokenFile", "beside the file", Good, "tokenFile: token", "good /version [Bearer from-file]"),
        new("user.tokenFile user.token", "the file goes before the token", Good, "token: t, tokenFile: token",
            "good /version [Bearer from-file]"),
        new("user.tokenFile", "missing", Good, "tokenFile: gone", "refused tokenFile"),
        new("user.username user.password", "basic", Good, "username: u, password: p", "good /version [Basic dTpw]"),
        new("user.username user.token", "both", Good, "username: u, password: p, token: t", "refused token"),
        new("user.client-certificate user.client-key", "files, PKCS#8", Good, "client-certificate: alice.pem, client-key: alice.key",
            "good /version cert=alice+0"),
        new("user.client-certificate user.client-key", "SEC1", Good, "client-certificate: alice.pem, client-key: alice.sec1",
            "good /version cert=alice+0"),
        new("user.client-certificate user.client-key", "PKCS#1", Good, "client-certificate: carol.pem, client-key: carol.pkcs1",
            "good /version cert=carol+0"),
        new("user.client-certificate-data user.client-key-data", "data, with its intermediate", Good,
            "client-certificate-data: {bobdata}, client-key-data: {bobkey}", "good /version cert=bob+1"),
        new("user.client-certificate", "without a key", Good, "client-certificate: alice.pem", "refused client-key"),
        new("user.client-key", "of another", Good, "client-certificate: alice.pem, client-key: carol.pkcs1", "refused client-key"),
        new("user.client-key-data", "both", Good, "client-certificate: alice.pem, client-key: alice.key, client-key-data: {bobkey}",
            "refused client-key-data"),
        new("user.client-certificate user.token", "certificate and token", Good,
            "client-certificate: alice.pem, client-key: alice.key, token: t", "good /version [Bearer t] cert=alice+0"),
        new("user.client-certificate", "WebSocket", Good, "client-certificate: alice.pem, client-key: alice.key",
            "good /api/v1/namespaces/default/pods/x/exec cert=alice+0") { Upgrade = true },
        new("user.as user.as-uid user.as-groups user.as-user-extra", "in another's name", Good,
            "token: t, as: alice, as-uid: '7', as-groups: [ops], as-user-extra: {example.com/reason: ['a b']}",
            "good /version [Bearer t] as(extra-example.com%2freason=a b group=ops uid=7 user=alice)"),
        new("user.as", "WebSocket", Good, "token: t, as: alice, as-groups: [ops]",
            "good /api/v1/namespaces/default/pods/x/exec [Bearer t] as(group=ops user=alice)") { Upgrade = true },
        new("user.as", "over http", "server: '{plain}'", "token: t, as: alice", "plain /version as(user=alice)"),
        new("user.as-groups", "several", Good, "token: t, as: alice, as-groups: [a, b]", "refused as-groups") { Kubectl =
            ("good /version [Bearer t] as(group=a group=b user=alice)", ".NET joins the values of one header") },
        new("user.as-groups", "without as", Good, "token: t, as-groups: [ops]", "refused as-groups"),
        new("user.auth-provider auth-provider.name auth-provider.config", "oidc with a good id-token", Good,
            "auth-provider: {name: oidc, config: {id-token: {idtoken}, client-id: x, idp-issuer-url: 'https://issuer.example'}}",
            "good /version [Bearer {idtoken}]"),
        new("user.auth-provider", "gcp", Good, "auth-provider: {name: gcp, config: {}}", "refused auth-provider"),
        new("user.exec exec.command exec.args exec.apiVersion exec.interactiveMode", "arguments, a relative command", Good,
            "exec: {" + V1 + ", command: bin/plugin, args: ['a b', '', '--x']}", "good /version [Bearer 3|a b||--x|]"),
        new("exec.env env.name env.value", "variables", Good,
            "exec: {" + V1 + ", command: ./bin/plugin, env: [{name: PLUGIN_SAYS, value: hello}]}", "good /version [Bearer 0||||hello]"),
        new("exec.provideClusterInfo cluster.extensions", "told of the cluster",
            Good + ", extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: prod}}]",
            "exec: {" + V1 + ", command: ./bin/plugin, provideClusterInfo: true}", "good /version [Bearer 0||||server,ca,config]"),
        new("exec.provideClusterInfo", "not told", Good, "exec: {" + V1 + ", command: ./bin/plugin, provideClusterInfo: false}",
            "good /version [Bearer 0||||]"),
        new("exec.apiVersion", "v1beta1, no mode", Good,
            "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./bin/plugin, args: [old]}",
            "good /version [Bearer 1|old|||]"),
        new("exec.apiVersion", "v1alpha1", Good, "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: ./bin/plugin}",
            "refused apiVersion"),
        new("exec.interactiveMode", "v1, none", Good, "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/plugin}",
            "refused interactiveMode"),
        new("exec.interactiveMode", "Always", Good,
            "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always, command: ./bin/plugin}",
            "refused interactiveMode"),
        new("exec.installHint", "a missing program", Good,
            "exec: {" + V1 + ", command: no-such-plugin, installHint: 'get it from the shop'}", "refused get it from the shop"),
        new("user.exec user.token", "a token goes before", Good, "token: t, exec: {" + V1 + ", command: no-such-plugin}",
            "good /version [Bearer t]"),
        new("user.exec", "a certificate by the plugin", Good, "exec: {" + V1 + ", command: ./bin/cert-plugin}",
            "good /version cert=alice+0"),
        new("user.exec", "not over http", "server: '{plain}'", "exec: {" + V1 + ", command: no-such-plugin}", "plain /version"),
        // the file
        new(
            "kind apiVersion preferences preferences.colors preferences.extensions extensions user.extensions context.extensions "
                + "context.namespace", "what changes nothing", Good, "token: t, extensions: [{name: e, extension: {}}]",
                "good /version [Bearer t]")
            { Context = ", namespace: shop, extensions: [{name: e, extension: {}}]", More =
                "kind: Config\napiVersion: v1\npreferences: {colors: true, extensions: []}\nextensions: [{name: e, extension: {a: 1}}]\n" },
        new("apiVersion", "v2", Good, "token: t", "refused v2") { More = "apiVersion: v2\nkind: Config\n" },
        new("user.token", "a number", Good, "token: 12", "refused token"),
        new("user.token", "a control character", Good, "token: \"a\\nX-Other: b\"", "refused token"),
        new("cluster.server", "a user name in the address", "server: '{named}', " + Ca, "", "refused user name") { Kubectl =
            ("good /version [Basic YWRhOnNlY3JldA==]", "a password in an address gets into messages and logs") },
        new("name", "twice", Good, "token: t", "refused twice") { Whole = "clusters: [{name: c, cluster: {" + Good
            + "}}, {name: c, cluster: {" + Good + "}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x" },
        new("clusters", "YAML anchors", "", "", "good /version [Bearer t]") { Whole = "base: &u {token: t}\nclusters: [{name: c, cluster: {"
            + Good + "}}]\nusers: [{name: u, user: {<<: *u}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x" },
        new("clusters", "JSON, with tabs", "", "",
            "good /version [Bearer t]") { Whole =
                "{\n\t\"clusters\": [{\"name\": \"c\", \"cluster\": {\"server\": \"{good}\", \"certificate-authority\": "
                    + "\"ca.pem\"}}],\n\t\"users\": [{\"name\": \"u\", \"user\": {\"token\": \"t\"}}],\n\t\"contexts\": [{\"name\": "
                    + "\"x\", \"context\": {\"cluster\": \"c\", \"user\": \"u\"}}],\n\t\"current-context\": \"x\"\n}" },
        new("context.user", "missing", Good, "token: t",
            "refused gone") { Whole = "clusters: [{name: c, cluster: {" + Good
                + "}}]\ncontexts: [{name: x, context: {cluster: c, user: gone}}]\ncurrent-context: x",
                Kubectl = ("good /version", "a user that is not there is a mistake") },
        new("context.cluster", "missing", Good, "token: t", "refused gone") { Whole = "clusters: [{name: c, cluster: {" + Good
            + "}}]\ncontexts: [{name: x, context: {cluster: gone}}]\ncurrent-context: x" },
        new("current-context", "of nothing", Good, "token: t", "refused gone") { Whole = "clusters: [{name: c, cluster: {" + Good
            + "}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurrent-context: gone" },
    ];
}
