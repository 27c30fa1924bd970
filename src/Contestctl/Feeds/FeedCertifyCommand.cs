using System.CommandLine;
using System.Globalization;
using ContestPipeline.Contracts;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary><c>contestctl feed certify</c>: whether a feed keeps every rule, as a report to hand in.</summary>
internal static class FeedCertifyCommand
{
    private const string About =
        """
        Judges a feed rule by rule and writes a report to hand in: of each rule pass,
        fail, or not shown, when the feed had nothing by which to judge it. Takes
        files, or reads feed.games.v1 with --topic (needs KAFKA_BOOTSTRAP_SERVERS),
        all of it or the games named. With --complete a rule that was not shown fails,
        too; so hand in a feed that has duplicates, late messages, revisions, a
        withdrawal, an unofficial play, a reconnect and a correction after the end.
        Exit code 1 when a rule is not kept.

        Examples:
          contestctl feed certify game.jsonl --rules draftkings-nfl-classic
          contestctl feed certify --topic --game 2016100212 --json
        """;

    public static Command Make(Session session)
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "Feed files, one JSON object a line; none with --topic.", Arity = ArgumentArity.ZeroOrMore,
        };
        var topic = new Option<bool>("--topic") { Description = $"Judge what is on {Topics.FeedGames}." };
        var games = new Option<string[]>("--game") { Description = "With --topic: this game only; may be repeated." };
        var rules = FeedValidateCommand.RulesOption();
        var complete = new Option<bool>("--complete") { Description = "Fail also for a rule that was not shown." };
        var json = Output.JsonOption<CertifyAnswer>();
        var command = new Command("certify", About) { files, topic, games, rules, complete, json };
        command.Validators.Add(result =>
        {
            var named = result.GetValue(files) ?? [];
            if (result.GetValue(topic) == named.Length > 0) result.AddError("give either files or --topic");
        });
        command.SetAction(async (parsed, ct) =>
        {
            var known = FeedJudgement.RulesNamed(parsed.GetValue(rules));
            var judged = parsed.GetValue(topic)
                ? [await OfTopic(session, parsed.GetValue(games) ?? [], known, ct)]
                : await OfFiles(parsed.GetRequiredValue(files), known, session, ct);
            var isCertified = judged.All(j => j.IsKept && j.Messages > 0
                && !(parsed.GetValue(complete) && j.Rules.Any(r => r.Verdict == "not-shown")));
            var answer = new CertifyAnswer(
                isCertified, session.Clock.GetUtcNow(), known is null ? null : RuleSets.Ref(known), judged);
            Output.Show(parsed, json, answer, console => Write(console, answer));
            return isCertified ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static async Task<IReadOnlyList<FeedJudgement>> OfFiles(
        FileInfo[] files, RuleSet? rules, Session session, CancellationToken ct)
    {
        var judged = new List<FeedJudgement>();
        foreach (var file in files) judged.Add(await FeedJudgement.OfFile(file, rules, session.Clock, ct));
        return judged;
    }

    private static Task<FeedJudgement> OfTopic(Session session, string[] games, RuleSet? rules, CancellationToken ct)
    {
        var reader = session.Reader();
        return Task.Run(() =>
        {
            var entries = FeedEntry.Of(reader.Read(Topics.FeedGames, ct), games.ToHashSet(StringComparer.Ordinal));
            return FeedJudgement.Of(Topics.FeedGames, null, entries, 0, rules, null, ct);
        }, ct);
    }

    private static void Write(IAnsiConsole console, CertifyAnswer answer)
    {
        console.WriteLine($"Feed conformance, {answer.At.ToString("u", CultureInfo.InvariantCulture)}");
        console.WriteLine(answer.RuleSet is { } set ? $"stats: {set.Name} version {set.Version}" : "stats: not judged (--rules)");
        foreach (var judged in answer.Judged)
        {
            console.WriteLine();
            console.WriteLine($"{judged.Source}: {judged.Messages} messages, {judged.Games.Count} games");
            if (judged.Sha256 is { } hash) console.WriteLine($"sha-256 {hash}");
            foreach (var rule in judged.Rules)
            {
                console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {rule.Verdict,-9} {rule.Rule,-12} {rule.Asks}"));
            }

            foreach (var finding in judged.Findings) console.WriteLine($"  {finding}");
        }

        console.WriteLine();
        console.WriteLine(answer.Certified ? "Certified." : "Not certified.");
    }
}
