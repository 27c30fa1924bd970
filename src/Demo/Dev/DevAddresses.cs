using ContestPipeline.Payout.Http;

namespace ContestPipeline.Demo.Dev;

/// <summary>Where the parts of the world are, in words, and as settings that a shell reads.</summary>
public static class DevAddresses
{
    /// <summary>The name under which contestctl acts.</summary>
    private const string Person = "dev";

    /// <summary>A world is not up for longer; a token must end some day.</summary>
    private static readonly TimeSpan s_tokenLasts = TimeSpan.FromDays(30);

    /// <summary>Settings with which contestctl works in this world, for <c>set -a; . FILE</c>.</summary>
    /// <param name="console">Where the console answers.</param>
    public static string SettingsFile(IReadOnlyDictionary<string, string?> settings, Uri console, DateTimeOffset now)
    {
        var token = Jwt.Make(DemoStripeEndpoints.Tokens,
            new JwtBearer(Person, [ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver], now + s_tokenLasts), now);
        var all = settings.Append(new("PAYOUT_API_URL", settings["PAYOUT_HTTP_URL"])).Append(new("PAYOUT_API_TOKEN", token))
            .Append(new("CONSOLE_API_URL", console.AbsoluteUri.TrimEnd('/')))
            .Where(s => s.Value is not null).OrderBy(s => s.Key, StringComparer.Ordinal);
        return string.Concat(all.Select(s => $"{s.Key}='{s.Value!.Replace("'", "'\\''", StringComparison.Ordinal)}'\n"));
    }

    /// <param name="file">Of <see cref="SettingsFile"/>.</param>
    public static IEnumerable<string> Told(
        IReadOnlyDictionary<string, string?> settings, Uri console, Uri stripe, string file) =>
    [
        $"console      {console.AbsoluteUri.TrimEnd('/')}   sign in with any name; tick viewer, operator, approver",
        $"Payout's API {settings["PAYOUT_HTTP_URL"]}   OpenAPI at /openapi/v1.json",
        $"Stripe       {stripe.AbsoluteUri.TrimEnd('/')}   the simulated one, key {DemoEnvironment.StripeKey}",
        $"Kafka        {settings["KAFKA_BOOTSTRAP_SERVERS"]}   topic prefix '{settings["TOPIC_PREFIX"]}'",
        $"contestctl   set -a; . {file}; set +a; dotnet run --project src/Contestctl -- payouts list",
        "a feed       samples/providers, with KAFKA_BOOTSTRAP_SERVERS of that file;",
        "             what is refused comes back on feed.games.v1.rejected",
        "Ctrl-C ends it; nothing is left running.",
    ];
}
