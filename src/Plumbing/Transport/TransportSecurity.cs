using Microsoft.Extensions.Configuration;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>A setting by which something would travel in plaintext, or to a server that nobody has checked.</summary>
/// <param name="What">The rest of the sentence that begins with the setting: what is expected, and what came, without
/// secrets.</param>
/// <param name="Mend">What to do.</param>
public sealed record PlaintextRefusal(string Setting, string What, string Mend);

/// <summary>
/// Decides whether everything that a process connects to in live is encrypted, and the other side's certificate checked. In test
/// everything may be plaintext.
/// </summary>
public static class TransportSecurity
{
    private const string Live = "because PIPELINE_ENVIRONMENT is live";

    /// <summary>
    /// Looks at the settings only, and connects to nothing. What is not set, or in a file that cannot be read, is not looked at.
    /// </summary>
    /// <returns>One for each setting that is refused, in the order of <paramref name="connections"/>; none in any environment but
    /// live.</returns>
    public static IReadOnlyList<PlaintextRefusal> Refusals(IConfiguration settings, IEnumerable<OutgoingConnection> connections)
    {
        if (Read(settings, "PIPELINE_ENVIRONMENT") != "live") return [];
        return [.. connections.Distinct().Select(c => Refusal(settings, c)).OfType<PlaintextRefusal>()];
    }

    /// <exception cref="SettingException">Something is refused; all of it is named.</exception>
    public static void Require(IConfiguration settings, params IEnumerable<OutgoingConnection> connections)
    {
        var refused = Refusals(settings, connections);
        if (refused.Count == 0) return;
        var sentences = string.Join(";\n", refused.Select(r => $"{r.Setting} {r.What}: {r.Mend}"));
        throw new SettingException(refused[0].Setting, sentences[(refused[0].Setting.Length + 1)..]);
    }

    private static PlaintextRefusal? Refusal(IConfiguration settings, OutgoingConnection connection) => connection switch
    {
        OutgoingConnection.Kafka => Kafka(settings, connection.Setting),
        OutgoingConnection.Postgres => Postgres(connection.Setting, Read(settings, connection.Setting)),
        OutgoingConnection.Http => Http(connection.Setting, Read(settings, connection.Setting)),
        OutgoingConnection.Smtp smtp => Smtp(smtp, Read(settings, smtp.Setting), Read(settings, smtp.TlsSetting)),
        _ => throw new InvariantException($"{connection.Setting} connects in no known way"),
    };

    private static PlaintextRefusal? Kafka(IConfiguration settings, string setting)
    {
        if (Read(settings, KafkaSecurity.Servers) is null) return null;
        var protocol = Read(settings, setting);
        return KafkaSecurity.IsEncrypted(protocol) ? null : new PlaintextRefusal(
            setting, $"must be ssl or sasl_ssl {Live}, not {protocol ?? "absent, which is plaintext"}",
            $"use a listener of the broker that speaks TLS, and name the authority of its certificate in "
                + $"{KafkaSecurity.Authority}");
    }

    /// <summary>A socket of the machine's own file system has no wire that anybody could listen to.</summary>
    private static PlaintextRefusal? Postgres(string setting, string? connectionString)
    {
        if (connectionString is null) return null;
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(connectionString);
            var hosts = (parsed.Host ?? "").Split(',', StringSplitOptions.TrimEntries);
            return parsed.SslMode == SslMode.VerifyFull || hosts.All(h => h.StartsWith('/') || h.StartsWith('@'))
                ? null : new PlaintextRefusal(
                setting, $"must say SSL Mode=VerifyFull {Live}, not {parsed.SslMode}",
                "add it, and Root Certificate=FILE where the server's certificate is not of a public authority");
        }
        catch (ArgumentException)
        {
            return new PlaintextRefusal(
                setting, $"must be a connection string with SSL Mode=VerifyFull {Live}, and cannot be read as one",
                "write it as Host=…;Database=…;Username=…;Password=…;SSL Mode=VerifyFull");
        }
    }

    /// <summary>
    /// What stays on this machine, as to a collector beside the process, may be plaintext. Only the scheme is told: the rest may
    /// hold secrets.
    /// </summary>
    private static PlaintextRefusal? Http(string setting, string? address)
    {
        if (address is null) return null;
        var isAddress = Uri.TryCreate(address, UriKind.Absolute, out var url);
        return isAddress && (url!.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            ? null : new PlaintextRefusal(
            setting,
            $"must be an https address {Live}, or an http address of this machine, not "
                + $"{(isAddress ? $"one of {url!.Scheme} elsewhere" : "what is no address")}",
            "put TLS before what answers there, and name it as https://…");
    }

    private static PlaintextRefusal? Smtp(OutgoingConnection.Smtp smtp, string? host, string? tls) =>
        host is null || !string.Equals(tls, "false", StringComparison.OrdinalIgnoreCase) ? null
        : new PlaintextRefusal(smtp.TlsSetting, $"must be true {Live}, not false",
            $"use a mail server that offers STARTTLS with a certificate for the name in {smtp.Setting}");

    /// <returns>Null also when the file does not open: whoever needs the setting says so.</returns>
    private static string? Read(IConfiguration settings, string name)
    {
        try
        {
            return settings.Optional(name);
        }
        catch (SettingException)
        {
            return null;
        }
    }
}
