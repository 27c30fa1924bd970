using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text.Json;
using ContestPipeline.Contestctl.Commands;
using ContestPipeline.Contestctl.Corrections;
using ContestPipeline.Contestctl.Entries;
using ContestPipeline.Contestctl.Explaining;
using ContestPipeline.Contestctl.Feeds;
using ContestPipeline.Contestctl.Messages;
using ContestPipeline.Contestctl.Operations;
using ContestPipeline.Contestctl.Parking;
using ContestPipeline.Contestctl.Players;
using ContestPipeline.Contestctl.Pools;
using ContestPipeline.Contestctl.Prizes;
using ContestPipeline.Contestctl.Reconcile;
using ContestPipeline.Contestctl.Replaying;
using ContestPipeline.Contestctl.SignedIn;
using ContestPipeline.Contestctl.RuleFiles;
using ContestPipeline.Contestctl.Webhooks;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Contestctl;

/// <summary>
/// The operator's command line: parses, runs one command, and turns what went wrong into one sentence and an exit code.
/// </summary>
public static class CommandLine
{
    private const string About =
        """
        Operates ContestPipeline. contestctl login signs you in at a console; what goes past it has its settings in the environment, as the workers have
        (KAFKA_BOOTSTRAP_SERVERS, ADMIN_DATABASE, …).

        Exit codes: 0 all is well · 1 something was found or failed · 2 wrong usage or a missing setting.

        Examples:
          contestctl doctor
          contestctl feed play samples/kc-at-pit-2016-week-4.jsonl --speed 60
          contestctl verify sunday-night --json
        """;

    /// <summary>After Ctrl-C a command clears away what it made; a shadow database takes a moment to drop.</summary>
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(20);

    public static Task<int> Run(string[] args, Session session, CancellationToken ct = default) =>
        Run(args, session, Console.Error, ct);

    /// <param name="errors">Where it says what went wrong.</param>
    internal static async Task<int> Run(string[] args, Session session, TextWriter errors, CancellationToken ct)
    {
        var parsed = Root(session).Parse(args.Length == 0 ? ["--help"] : args);
        HelpText.Fit(parsed.CommandResult.Command);
        var wrong = WrongUsage.Of(parsed, args);
        if (wrong.Length > 0 && !IsCompletion(args))
            return await Say(errors, [.. wrong, "add --help to see what is expected"], ExitCodes.Usage);
        var line = new ProgressLine(errors, isTerminal: ReferenceEquals(errors, Console.Error) && !Console.IsErrorRedirected);
        try
        {
            using var waiting = line.Command(Name(parsed.CommandResult), session.Clock);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = s_stopPatience }, ct);
        }
        catch (Exception e)
        {
            var (words, exitCode) = Trouble(e, Name(parsed.CommandResult));
            return await Say(errors, [words], exitCode);
        }
    }

    /// <summary>What ended a command: one sentence and an exit code.</summary>
    /// <param name="command">As it is typed.</param>
    private static (string Words, int ExitCode) Trouble(Exception trouble, string command) => trouble switch
    {
        SettingException or IOException or InvalidDataException or UnauthorizedAccessException =>
            (trouble.Message, ExitCodes.Usage),
        JsonException e => (JsonFault.Sentence(e), ExitCodes.Usage),
        NpgsqlException e => ($"PostgreSQL: {Words(e)}", ExitCodes.CheckFailed),
        Stripe.StripeException or HttpRequestException => ($"Stripe: {trouble.Message}", ExitCodes.CheckFailed),
        RefusedException or InvariantException or TimeoutException => (trouble.Message, ExitCodes.CheckFailed),
        OperationCanceledException => ("stopped", ExitCodes.CheckFailed),
        _ when BrokerCheck.Complaint(trouble) is { } complaint => ($"Kafka: {complaint}", ExitCodes.CheckFailed),
        _ =>
            ($"{command} ended by a fault of this program, not of yours: {trouble.GetType().Name}: {trouble.Message} {Where(trouble)}".TrimEnd(), ExitCodes.CheckFailed),
    };

    /// <summary>The innermost place in our own code, for whoever mends it.</summary>
    private static string? Where(Exception fault) =>
        fault.StackTrace?.Split('\n')
            .FirstOrDefault(line => line.Contains(nameof(ContestPipeline), StringComparison.Ordinal))?.Trim();

    private static string Words(
        NpgsqlException trouble) => trouble
            is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } lacking
        ? $"{lacking.MessageText}: this database was not migrated (contestctl migrate), or is another one than the workers' "
            + $"(ADMIN_DATABASE)"
        : trouble.Message;

    /// <summary>The words that name it, such as payouts list.</summary>
    private static string Name(CommandResult command) =>
        command.Parent is CommandResult group ? $"{Name(group)} {command.Command.Name}" : "contestctl";

    /// <summary>A shell asks what may come next: of an unfinished line, which has its errors.</summary>
    private static bool IsCompletion(string[] args) => args is [['[', 's', 'u', 'g', 'g', 'e', 's', 't', ..], ..];

    private static async Task<int> Say(TextWriter errors, IEnumerable<string> lines, int exitCode)
    {
        foreach (var line in lines) await errors.WriteLineAsync($"contestctl: {Legible.Line(line.ReplaceLineEndings(" "))}");
        return exitCode;
    }

    /// <summary>All commands, for running and for the page that lists them.</summary>
    public static RootCommand Root(Session session)
    {
        var root = new RootCommand(About);
        root.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = HelpText.Columns + 2 };
        root.Add(DoctorCommand.Make(session));
        root.Add(MigrateCommand.Make(session));
        root.Add(TopicsCommand.Make(session));
        root.Add(Group("feed", "Feeds: make files, check and certify them, play them, see what was rejected.",
            FeedConvertCommand.Make(), FeedValidateCommand.Make(session), FeedCertifyCommand.Make(session),
            FeedPlayCommand.Make(session), FeedRejectionsCommand.Make(session), FeedCorrectCommand.Make(session),
            FeedPublishCommand.Make(session)));
        root.Add(Group("contest", "Contests: publish one, look at one, get one out of a dead end.",
            ContestCreateCommand.Make(session), ContestShowCommand.Make(session), ContestRecallCommands.MakeCancel(session),
            ContestRecallCommands.MakeRetry(session), DecideProofCommand.Make(session)));
        root.Add(Group("rules", "Rule sets as files: how stats become points.", RulesCommands.MakeValidate(),
            RulesCommands.MakeTest(), RulesPublishCommand.Make(session), RulesCommands.MakeList(session)));
        root.Add(Group("pool", "Salary files as operators publish them.", PoolImportCommand.Make()));
        root.Add(Group("prizes", "Payout tables as operators publish them.", PrizesImportCommand.Make()));
        root.Add(Group("stripe", "What is kept at Stripe for the pipeline, and what it has to tell.",
            SetupWebhooksCommand.Make(session), StripeSweepCommand.Make(session)));
        root.Add(Group("payouts", "Payouts: their states and histories, and what a reviewer decides about those that are held.",
            PayoutsListCommand.Make(session), PayoutsShowCommand.Make(session), PayoutsReviewCommand.MakeRelease(session),
            PayoutsReviewCommand.MakeReject(session), PayoutsRetryCommand.Make(session),
            PayoutsMismatchCommand.MakeAdopt(session), PayoutsMismatchCommand.MakeEstablishNone(session)));
        if (session.Settings.Optional("PIPELINE_ENVIRONMENT") == "test")
            root.Add(
                Group("onboarding", "Players' accounts, in the test environment only.", OnboardingResetCommand.Make(session)));
        root.Add(ParkedCommand.Make(session));
        root.Add(Group("messages", "Records of topics, decoded: look for them, follow them, write them to a file.",
            MessagesCommand.MakeSearch(session), MessagesCommand.MakeTail(session), MessagesCommand.MakeExport(session)));
        root.Add(Group("replay", "Replays: see what one would do, then do exactly that.", ReplayPlanCommand.Make(session),
            ReplayRunCommand.Make(session), ReplayStatusCommand.MakeStatus(session), ReplayStatusCommand.MakePause(session),
            ReplayStatusCommand.MakeResume(session), ReplayCancelCommand.Make(session)));
        root.Add(Group("recovery", "Money stopped because a database went back in time, and how it goes on.",
            [.. RecoveryCommand.All(session)]));
        root.Add(Group("halt", "Payouts stopped by an operator, and let go again.", [.. HaltCommand.All(session)]));
        root.Add(Group("entries", "Entries and their fees.", EntriesImportCommand.Make(session),
            EntriesRefundCommand.Make(session)));
        root.Add(Group("player", "What is kept of a player: write it to a file, erase what was handed in.",
            PlayerCommands.MakeExport(session), PlayerCommands.MakeErase(session)));
        root.Add(Group("accounts", "Players' accounts at Stripe.", AccountsShowCommand.Make(session)));
        root.Add(Group("wallet", "Players' wallets.", WalletCommand.MakeShow(session), WalletCommand.MakeHistory(session),
            WalletCommand.MakeYears(session)));
        root.Add(LedgerCommand.Make(session));
        root.Add(ReconcileCommand.Make(session));
        root.Add(VerifyCommand.Make(session));
        root.Add(ExplainCommand.Make(session));
        root.Add(BalanceCommand.Make(session));
        root.Add(AlertsCommand.Make(session));
        root.Add(AuditCommand.Make(session));
        root.Add(TaxCommand.Make(session));
        root.Add(RevenueCommand.Make(session));
        root.Add(LoginCommand.Make(session));
        root.Add(ContextCommands.MakeLogout(session));
        root.Add(ContextCommands.MakeWhoami(session));
        root.Add(ContextCommands.MakeContext(session));
        root.Add(TokenCommand.Make(session));
        root.Add(CompletionCommand.Make());
        return root;
    }

    private static Command Group(string name, string what, params Command[] commands)
    {
        var group = new Command(name, what);
        foreach (var command in commands) group.Add(command);
        return group;
    }
}

/// <summary>The exit codes of every command.</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A check failed, something was refused, or something could not be done.</summary>
    public const int CheckFailed = 1;

    /// <summary>Wrong usage, an unreadable file, a missing or wrong setting.</summary>
    public const int Usage = 2;
}
