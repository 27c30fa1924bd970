using System.CommandLine;
using System.Text.Json.Nodes;
using ContestPipeline.Contestctl;
using ContestPipeline.Unit.Plumbing;
using ContestPipeline.Unit.Tidy;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>
/// Every command there is, run with nothing set, with nothing that answers, and with an option it does not have: one sentence
/// each and the documented exit code.
/// </summary>
public sealed class EveryCommandTests
{
    private const string Nowhere = "127.0.0.1:1";
    private const string Sample = "samples/kc-at-pit-2016-week-4.jsonl";
    private const string Place = "scoring stats.lines.v1 game/athlete";
    private const string Said = "--who ann --why reason";

    /// <summary>The exit codes without any setting, and with settings that name addresses where nothing answers.</summary>
    private static readonly (string Command, string Arguments, int Unset, int Unreachable)[] s_commands =
    [
        ("doctor", "", ExitCodes.CheckFailed, ExitCodes.CheckFailed),
        ("migrate", "", ExitCodes.Usage, ExitCodes.Usage),
        ("topics provision", "", ExitCodes.Usage, ExitCodes.Usage),
        ("topics rights", "", ExitCodes.Usage, ExitCodes.Usage),
        ("topics list", "", ExitCodes.Usage, ExitCodes.Usage),
        ("topics lag", "", ExitCodes.Usage, ExitCodes.Usage),
        ("feed convert", "no-such-file.json --out not-written.jsonl", ExitCodes.Usage, ExitCodes.Usage),
        ("feed validate", "no-such-file.jsonl", ExitCodes.Usage, ExitCodes.Usage),
        ("feed certify", "no-such-file.jsonl", ExitCodes.Usage, ExitCodes.Usage),
        ("feed rejections", "", ExitCodes.Usage, ExitCodes.Usage),
        ("feed play", Sample, ExitCodes.Usage, ExitCodes.Usage),
        ("feed correct", "g p --withdraw --out not-written.jsonl", ExitCodes.Usage, ExitCodes.Usage),
        ("feed publish", "no-such-file.jsonl " + Said, ExitCodes.Usage, ExitCodes.Usage),
        ("contest create", "no-such-file.json", ExitCodes.Usage, ExitCodes.Usage),
        ("contest show", "c", ExitCodes.Usage, ExitCodes.Usage),
        ("contest cancel", "c --reason reason --by ann", ExitCodes.Usage, ExitCodes.Usage),
        ("contest retry", "c --reason reason --by ann", ExitCodes.Usage, ExitCodes.Usage),
        ("contest decide-proof", "c e 1 --outcome failed --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("rules validate", "no-such-file.json", ExitCodes.Usage, ExitCodes.Usage),
        ("rules test", "no-such-file.json no-such-file.csv", ExitCodes.Usage, ExitCodes.Usage),
        ("rules publish", "no-such-file.json", ExitCodes.Usage, ExitCodes.Usage),
        ("rules list", "", ExitCodes.Success, ExitCodes.Usage),
        ("pool import", "no-such-file.csv --players no-such-file.json", ExitCodes.Usage, ExitCodes.Usage),
        ("prizes import", "no-such-file.csv", ExitCodes.Usage, ExitCodes.Usage),
        ("stripe setup-webhooks", "--url https://hooks.example.org", ExitCodes.Usage, ExitCodes.CheckFailed),
        ("stripe sweep", "", ExitCodes.Usage, ExitCodes.Usage),
        ("accounts show", "p", ExitCodes.Usage, ExitCodes.Usage),
        ("player export", "p --out not-written.json --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("player erase", "p --confirm p --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("wallet show", "p", ExitCodes.Usage, ExitCodes.Usage),
        ("wallet history", "p", ExitCodes.Usage, ExitCodes.Usage),
        ("wallet years", "p", ExitCodes.Usage, ExitCodes.Usage),
        ("payouts list", "", ExitCodes.Usage, ExitCodes.Usage),
        ("payouts show", "p", ExitCodes.Usage, ExitCodes.Usage),
        ("payouts release", "p", ExitCodes.Usage, ExitCodes.Usage),
        ("payouts reject", "p --note reason", ExitCodes.Usage, ExitCodes.Usage),
        ("payouts retry", "p --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("payouts adopt", "p tr_1 --note why", ExitCodes.Usage, ExitCodes.Usage),
        ("payouts establish-none", "p --note why", ExitCodes.Usage, ExitCodes.Usage),
        ("onboarding reset", "player", ExitCodes.Usage, ExitCodes.Usage),
        ("parked list", "", ExitCodes.Usage, ExitCodes.Usage),
        ("parked show", Place, ExitCodes.Usage, ExitCodes.Usage),
        ("parked retry", Place, ExitCodes.Usage, ExitCodes.Usage),
        ("parked discard", Place + " --offset 1 --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("parked discarded", "", ExitCodes.Usage, ExitCodes.Usage),
        ("messages search", "feed.games.v1", ExitCodes.Usage, ExitCodes.Usage),
        ("messages tail", "feed.games.v1", ExitCodes.Usage, ExitCodes.Usage),
        ("messages export", "feed.games.v1", ExitCodes.Usage, ExitCodes.Usage),
        ("replay plan", "feed.games.v1", ExitCodes.Usage, ExitCodes.Usage),
        ("replay run", "no-such-plan.json " + Said, ExitCodes.Usage, ExitCodes.Usage),
        ("replay status", "", ExitCodes.Usage, ExitCodes.Usage),
        ("replay pause", "run " + Said, ExitCodes.Usage, ExitCodes.Usage),
        ("replay resume", "run " + Said, ExitCodes.Usage, ExitCodes.Usage),
        ("replay cancel", "run " + Said, ExitCodes.Usage, ExitCodes.Usage),
        ("recovery status", "", ExitCodes.Usage, ExitCodes.Usage),
        ("recovery stop", "--lost-since 2026-11-23T10:00:00Z --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("recovery start", "--reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("recovery end", "--reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("halt payouts", "--reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("halt contest", "c --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("halt player", "p --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("halt lift", "1 --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("halt list", "", ExitCodes.Usage, ExitCodes.Usage),
        ("entries import", "c no-such-file.csv", ExitCodes.Usage, ExitCodes.Usage),
        ("entries refund", "c e --request case-1 --reason reason", ExitCodes.Usage, ExitCodes.Usage),
        ("ledger verify", "", ExitCodes.Usage, ExitCodes.Usage),
        ("ledger balance", "", ExitCodes.Usage, ExitCodes.Usage),
        ("reconcile", "", ExitCodes.Usage, ExitCodes.Usage),
        ("verify", "c", ExitCodes.Usage, ExitCodes.Usage),
        ("explain payout", "p", ExitCodes.Usage, ExitCodes.Usage),
        ("explain prize", "e", ExitCodes.Usage, ExitCodes.Usage),
        ("explain entry", "e", ExitCodes.Usage, ExitCodes.Usage),
        ("balance", "", ExitCodes.Usage, ExitCodes.Usage),
        ("balance history", "usd", ExitCodes.Usage, ExitCodes.Usage),
        ("alerts list", "", ExitCodes.Usage, ExitCodes.Usage),
        ("alerts ack", "key", ExitCodes.Usage, ExitCodes.Usage),
        ("alerts resolve", "key", ExitCodes.Usage, ExitCodes.Usage),
        ("audit", "", ExitCodes.Usage, ExitCodes.Usage),
        ("tax 1099", "--year 2026", ExitCodes.Usage, ExitCodes.Usage),
        ("revenue", "", ExitCodes.Usage, ExitCodes.Usage),
        ("login", "http://127.0.0.1:1 --as ann", ExitCodes.Usage, ExitCodes.Usage),
        ("logout", "", ExitCodes.CheckFailed, ExitCodes.CheckFailed),
        ("whoami", "", ExitCodes.Usage, ExitCodes.Usage),
        ("context", "nowhere", ExitCodes.CheckFailed, ExitCodes.CheckFailed),
        ("token", "--sub ann --role operator", ExitCodes.Usage, ExitCodes.Usage),
        ("completion", "bash", ExitCodes.Success, ExitCodes.Success),
    ];

    private static readonly Dictionary<string, string?> s_nothingSet = new() { ["PIPELINE_ENVIRONMENT"] = "test" };

    private static readonly Dictionary<string, string?> s_nothingAnswers = new()
    {
        ["PIPELINE_ENVIRONMENT"] = "test", ["ADMIN_DATABASE"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=5",
        ["KAFKA_BOOTSTRAP_SERVERS"] = Nowhere,
        ["PAYOUT_API_URL"] = "http://" + Nowhere, ["PAYOUT_API_TOKEN"] = "token", ["STRIPE_API_KEY"] = "sk_test_nobody",
        ["STRIPE_API_BASE"] = "http://" + Nowhere,
    };

    [Fact]
    public void Every_command_of_the_tree_is_in_the_table()
    {
        var there = Leaves(CommandLine.Root(Session(s_nothingSet)), "").Order(StringComparer.Ordinal);

        Assert.Equal(there, s_commands.Select(c => c.Command).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_command_but_completion_says_what_it_answers_in_json_and_every_route_it_names_exists()
    {
        var api = JsonNode.Parse(Source.Read("docs/openapi.json"))!;
        var answers = CommandAnswers.All().ToArray();

        Assert.Equal(s_commands.Select(c => c.Command).Where(c => c != "completion").Order(StringComparer.Ordinal),
            answers.Select(a => a.Name));
        Assert.All(answers.SelectMany(a => a.Answer.Routes),
            route => Assert.True(At(api, CommandAnswers.Place(route)) is not null, $"docs/openapi.json has no {route}"));
    }

    [Fact]
    public async Task Without_any_setting_each_ends_with_its_exit_code_and_names_what_is_missing() =>
        AreSentences(await Task.WhenAll(s_commands.Select(c => Run(c.Command, c.Arguments, s_nothingSet, c.Unset))));

    [Fact]
    public async Task Where_nothing_answers_each_ends_with_its_exit_code_and_says_so() =>
        AreSentences(await Task.WhenAll(s_commands.Select(c => Run(c.Command, c.Arguments, s_nothingAnswers, c.Unreachable))));

    [Fact]
    public async Task With_an_option_it_does_not_have_each_is_wrong_usage()
    {
        var ends = await Task.WhenAll(
            s_commands.Select(c => Run(c.Command, c.Arguments + " --no-such-option", s_nothingSet, ExitCodes.Usage)));

        AreSentences(ends, linesMax: 3);
        Assert.All(ends, end => Assert.Contains("--no-such-option", end.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_option_without_the_word_it_needs_is_wrong_usage_at_every_command()
    {
        var lacking = Options(CommandLine.Root(Session(s_nothingSet)), "")
            .Join(s_commands, o => o.Command, c => c.Command, (o, c) => (c.Command, c.Arguments, o.Option));

        var ends = await Task.WhenAll(
            lacking.Select(l => Run(l.Command, $"{l.Arguments} {l.Option}", s_nothingSet, ExitCodes.Usage)));

        Assert.True(ends.Length > 40);
        AreSentences(ends, linesMax: 3);
    }

    [Theory]
    [InlineData("first\nsecond")]
    [InlineData("contestctl: add --help to see what is expected")]
    [InlineData("tokén")]
    public async Task What_is_no_bearer_token_is_refused_in_words_and_not_shown(string token)
    {
        var end = await Run(
            "audit", "", new Dictionary<string, string?>(s_nothingAnswers) { ["PAYOUT_API_TOKEN"] = token }, ExitCodes.Usage);

        AreSentences([end]);
        Assert.Contains("PAYOUT_API_TOKEN is no bearer token", end.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(token, end.Errors, StringComparison.Ordinal);
    }

    private static void AreSentences(IEnumerable<End> ends, int linesMax = 1) => Assert.All(ends, end =>
    {
        Assert.True(
            end.Expected == end.ExitCode, $"{end.Command}: exit code {end.ExitCode} instead of {end.Expected}: {end.Errors}");
        var lines = end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length <= linesMax && lines.All(l => l.StartsWith("contestctl: ", StringComparison.Ordinal)),
            $"{end.Command}: {end.Errors}");
        Assert.Equal(end.ExitCode == ExitCodes.Success || end is { Command: "doctor", ExitCode: ExitCodes.CheckFailed },
            lines.Length == 0);
        Assert.DoesNotContain("   at ", end.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", end.Errors, StringComparison.Ordinal);
    });

    /// <summary>On a thread of its own: asking a broker that does not answer keeps one for seconds.</summary>
    private static Task<End> Run(
        string command, string arguments, Dictionary<string, string?> settings, int expected) => Task.Factory.StartNew(
        async () =>
        {
            var errors = new StringWriter { NewLine = "\n" };
            string[] words =
                [.. $"{command} {arguments}".Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(w => w == Sample ? Source.Full(Sample) : w)];
            var exitCode = await CommandLine.Run(words, Session(settings), errors, CancellationToken.None);
            return new End(command, expected, exitCode, errors.ToString());
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private static IEnumerable<(string Command, string Option)> Options(Command command, string path) =>
        command.Options.Where(o => o.Arity.MinimumNumberOfValues > 0).Select(o => (path, o.Name))
            .Concat(command.Subcommands.SelectMany(c => Options(c, $"{path} {c.Name}".Trim())));

    private static JsonNode? At(JsonNode document, string pointer) => pointer.Split('/', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate<string, JsonNode?>(
            document, (node,
                step) => node?[step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)]);

    private static IEnumerable<string> Leaves(Command command, string path) =>
        [.. command.Action is null || path.Length == 0 ? (string[])[] : [path],
            .. command.Subcommands.SelectMany(c => Leaves(c, $"{path} {c.Name}".Trim()))];

    /// <summary>
    /// For its clock no time passes: however slow the machine, no line of progress comes between the sentences.
    /// </summary>
    private static Session Session(Dictionary<string, string?> settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new SteppedClock());

    /// <summary>How a command ended, and how it should have.</summary>
    private sealed record End(string Command, int Expected, int ExitCode, string Errors);
}
