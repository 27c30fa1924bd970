using System.CommandLine;
using ContestPipeline.Contestctl;
using ContestPipeline.Unit.Tidy;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What the command line accepts, refuses and says, without any database or broker.</summary>
public sealed class CommandLineTests
{
    private static readonly string s_sample = Source.Full("samples/kc-at-pit-2016-week-4.jsonl");

    public static TheoryData<string> Usages =>
    [
        "feed play", "feed play FILE --speed -1", "feed play FILE --duplicates 101", "feed play FILE --speed fast", "contest",
        "contest create", "payouts list --state lost", "payouts list --limit 0",
        "replay plan feed.games.v1 --from 2026-11-22 --to 2026-11-21", "payouts retry p",
        "topics destroy", "explain", "explain payout", "explain entry e --revision one", "topics lag --max-lag -1",
        "topics lag --max-lag few", "topics lag --worker nobody", "topics lag --topic nothing", "parked",
        "replay plan --feed-file FILE --out FILE", "replay plan --feed-file FILE --reprocess",
        "replay plan feed.games.v1 --out FILE", "parked list --worker nobody", "parked discard scoring t k --offset 1 --reason ",
        "parked show scoring", "parked show scoring t k --limit 0", "parked retry nobody t k",
        "parked discard scoring t k --offset 1", "parked discard scoring t k --reason r",
        "parked discard scoring t k --offset x --reason r", "parked discard scoring t k --offset 1 --by ann --reason r",
        "stripe setup-webhooks", "reconcile --settling soon", "ledger", "verify", "no-such-command",
    ];

    public static TheoryData<string> NeedingSettings =>
        ["topics list", "explain payout p", "explain prize e", "explain entry e", "topics lag", "parked list",
            "parked show scoring t k", "parked retry scoring t k", "parked discard scoring t k --offset 1 --reason r",
            "parked discarded", "topics provision", "contest show c", "verify c", "payouts list", "payouts show p",
            "ledger verify", "ledger balance", "migrate", "stripe sweep", "payouts retry p --reason x",
            "stripe setup-webhooks --url https://hooks.example.org", "reconcile"];

    [Theory]
    [MemberData(nameof(Usages))]
    public async Task Wrong_usage_ends_with_exit_code_2(string arguments)
    {
        var exitCode = await Run(arguments.Replace("FILE", s_sample, StringComparison.Ordinal));

        Assert.Equal(ExitCodes.Usage, exitCode);
    }

    [Theory]
    [MemberData(nameof(NeedingSettings))]
    public async Task A_missing_setting_ends_with_exit_code_2(string arguments) =>
        Assert.Equal(ExitCodes.Usage, await Run(arguments));

    [Fact]
    public async Task A_file_that_is_not_there_ends_with_exit_code_2() =>
        Assert.Equal(ExitCodes.Usage, await Run("feed validate no-such-file.jsonl"));

    [Fact]
    public async Task The_samples_that_ship_are_valid() =>
        Assert.Equal(ExitCodes.Success, await Run($"feed validate {s_sample}"));

    [Fact]
    public async Task A_damaged_feed_file_ends_with_exit_code_1()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"type":"feed.play.v1"}""" + "\n", TestContext.Current.CancellationToken);

        var exitCode = await Run($"feed validate {file}");

        File.Delete(file);
        Assert.Equal(ExitCodes.CheckFailed, exitCode);
    }

    [Fact]
    public async Task The_doctor_without_any_setting_finds_faults_and_does_not_fall_over() =>
        Assert.Equal(ExitCodes.CheckFailed, await Run("doctor"));

    [Fact]
    public async Task What_nobody_foresaw_ends_with_one_sentence_that_takes_the_blame_and_exit_code_1()
    {
        var errors = new StringWriter();

        var exitCode = await CommandLine.Run(["payouts", "show", "p"], new Session(new Broken(), TimeProvider.System), errors,
            TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.CheckFailed, exitCode);
        var line = Assert.Single(errors.ToString().Split(errors.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(
            "contestctl: contestctl payouts show ended by a fault of this program, not of yours: InvalidOperationException: "
                + "out of order", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Kafka_complains_of_is_no_fault_of_the_program()
    {
        var errors = new StringWriter();
        var broken =
            new Broken { Fault = new Confluent.Kafka.KafkaException(
                new Confluent.Kafka.Error(Confluent.Kafka.ErrorCode.Local_Transport, "the line is dead")) };

        Assert.Equal(ExitCodes.CheckFailed,
            await CommandLine.Run(["payouts", "show", "p"], new Session(broken, TimeProvider.System), errors,
                TestContext.Current.CancellationToken));

        Assert.Equal("contestctl: Kafka: the line is dead", errors.ToString().Trim());
    }

    [Fact]
    public void Every_command_explains_itself_and_every_one_that_runs_gives_an_example()
    {
        var commands = All(CommandLine.Root(NoSettings())).ToArray();

        Assert.True(commands.Length > 15);
        Assert.All(commands, c => Assert.False(string.IsNullOrWhiteSpace(c.Description), c.Name));
        Assert.All(commands.Where(c => c.Subcommands.Count == 0),
            c => Assert.Contains("Example", c.Description, StringComparison.Ordinal));
        Assert.All(commands.SelectMany(c => c.Options), o => Assert.False(string.IsNullOrWhiteSpace(o.Description), o.Name));
        Assert.All(commands.SelectMany(c => c.Arguments), a => Assert.False(string.IsNullOrWhiteSpace(a.Description), a.Name));
    }

    [Fact]
    public void Every_command_that_runs_can_answer_in_json() =>
        Assert.All(
            All(CommandLine.Root(NoSettings())).Where(c => c.Subcommands.Count == 0 && c.Name != "completion"),
            c => Assert.Contains(c.Options, o => o.Name == "--json"));

    [Theory]
    [InlineData("test", true)]
    [InlineData("live", false)]
    [InlineData(null, false)]
    public void Accounts_are_forgotten_by_command_in_the_test_environment_only(string? environment, bool exists)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = environment }).Build();

        var parsed = CommandLine.Root(new Session(settings, TimeProvider.System)).Parse(["onboarding", "reset", "player-7"]);

        Assert.Equal(exists, parsed.Errors.Count == 0);
    }

    [Theory]
    [InlineData("contestctl pay", "payouts")]
    [InlineData("contestctl payouts list --st", "--state")]
    [InlineData("contestctl completion ", "zsh")]
    public async Task An_unfinished_line_is_completed_and_is_no_wrong_usage(string line, string completed)
    {
        var offered = CommandLine.Root(NoSettings()).Parse(line).GetCompletions(line.Length).Select(c => c.Label);

        Assert.Contains(completed, offered);
        Assert.Equal(ExitCodes.Success,
            await CommandLine.Run([$"[suggest:{line.Length}]", line], NoSettings(), TestContext.Current.CancellationToken));
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static Session NoSettings() => new(new ConfigurationBuilder().Build(), TimeProvider.System);

    private static Task<int> Run(string arguments) =>
        CommandLine.Run(arguments.Split(' '), NoSettings(), TestContext.Current.CancellationToken);

    /// <summary>Settings that fall over when the database is asked for.</summary>
    private sealed class Broken : IConfiguration
    {
        public Exception Fault { get; init; } = new InvalidOperationException("out of order");

        public string? this[string key]
        {
            get => key.StartsWith("ADMIN_DATABASE", StringComparison.Ordinal) ? throw Fault : null;
            set => throw new NotSupportedException();
        }

        public IConfigurationSection GetSection(string key) => throw new NotSupportedException();

        public IEnumerable<IConfigurationSection> GetChildren() => [];

        public Microsoft.Extensions.Primitives.IChangeToken GetReloadToken() => throw new NotSupportedException();
    }
}
