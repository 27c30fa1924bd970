using System.Text.RegularExpressions;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// docker-compose.yml against the rights that the code declares: whoever talks to the broker signs in, each worker under its own
/// name, and the broker knows these names and no other.
/// </summary>
public sealed partial class ComposeTests
{
    private const string SuperUser = "admin";

    /// <summary>Services that are no worker, and as whom they sign in; null: they do not talk to the broker.</summary>
    private static readonly Dictionary<string, string?> s_others = new()
    {
        ["topics"] = SuperUser, ["rights"] = SuperUser, ["contestctl"] = Principals.Operator, ["kafka"] = null,
        ["postgres"] = null, ["migrate"] = null, ["simulator"] = null, ["console"] = null,
    };

    private static readonly IReadOnlyDictionary<string, string> s_services = Services();

    [Fact]
    public void Each_service_signs_in_at_the_broker_as_itself()
    {
        Assert.Equal(Principals.Workers.Concat(s_others.Keys).Order(StringComparer.Ordinal),
            s_services.Keys.Order(StringComparer.Ordinal));
        Assert.All(s_services, service =>
        {
            var principal = s_others.TryGetValue(service.Key, out var other) ? other : service.Key;
            Assert.Equal(principal, Value(service.Value, "KAFKA_SASL_USERNAME"));
            Assert.Equal(principal is null ? null : $"${{KAFKA_{principal.ToUpperInvariant()}_PASSWORD}}",
                Value(service.Value, "KAFKA_SASL_PASSWORD"));
        });
    }

    [Fact]
    public void The_broker_knows_everybody_who_has_rights_and_its_super_user_and_nobody_else()
    {
        var users = User().Matches(s_services["kafka"]).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

        Assert.Equal(Principals.All.Append(SuperUser).Order(StringComparer.Ordinal), users.Keys.Order(StringComparer.Ordinal));
        Assert.All(users, user => Assert.Equal($"KAFKA_{user.Key.ToUpperInvariant()}_PASSWORD", user.Value));
    }

    [Fact]
    public void The_broker_checks_rights_and_only_itself_reaches_it_without_a_name()
    {
        var kafka = s_services["kafka"];

        Assert.Equal("org.apache.kafka.metadata.authorizer.StandardAuthorizer", Value(kafka, "KAFKA_AUTHORIZER_CLASS_NAME"));
        Assert.Equal("\"false\"", Value(kafka, "KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"));
        Assert.Equal($"User:ANONYMOUS;User:{SuperUser}", Value(kafka, "KAFKA_SUPER_USERS"));
        var protocols = Value(kafka, "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP")!.Split(',').Select(p => p.Split(':'))
            .ToDictionary(p => p[0], p => p[1]);
        foreach (var listener in Value(kafka, "KAFKA_LISTENERS")!.Split(','))
        {
            var parts = listener.Split("://");
            if (!parts[1].StartsWith("127.0.0.1:", StringComparison.Ordinal))
                Assert.Equal("SASL_PLAINTEXT", protocols[parts[0]]);
        }
    }

    [Fact]
    public void Workers_start_when_their_rights_are_made()
    {
        var compose = Source.Read("docker-compose.yml");
        var to = compose.IndexOf("x-common:", StringComparison.Ordinal);
        var worker = compose[compose.IndexOf("x-worker:", StringComparison.Ordinal)..to];

        Assert.Contains("rights: { condition: service_completed_successfully }", worker, StringComparison.Ordinal);
        Assert.Contains("""command: ["topics", "rights", "--grant"]""", s_services["rights"], StringComparison.Ordinal);
        Assert.Contains("topics: { condition: service_completed_successfully }", s_services["rights"],
            StringComparison.Ordinal);
        Assert.All(Principals.Workers, w => Assert.Contains("<<: *worker", s_services[w], StringComparison.Ordinal));
    }

    /// <summary>By name, what stands below it.</summary>
    private static Dictionary<string, string> Services()
    {
        var compose = Source.Read("docker-compose.yml");
        var from = compose.IndexOf("\nservices:\n", StringComparison.Ordinal);
        var part = compose[from..compose.IndexOf("\nsecrets:\n", StringComparison.Ordinal)];
        var heads = ServiceName().Matches(part);
        return heads.Select((m, i) => (Name: m.Groups[1].Value,
            Text: part[m.Index..(i + 1 < heads.Count ? heads[i + 1].Index : part.Length)]))
            .ToDictionary(s => s.Name, s => s.Text);
    }

    private static string? Value(string service, string name) =>
        Regex.Match(service, $@"^ +{name}: (.*)$", RegexOptions.Multiline) is { Success: true } match
            ? match.Groups[1].Value : null;

    [GeneratedRegex(@"^  ([a-z]+):$", RegexOptions.Multiline)]
    private static partial Regex ServiceName();

    [GeneratedRegex("""user_([a-z]+)="\$\{([A-Z_]+):""")]
    private static partial Regex User();
}
