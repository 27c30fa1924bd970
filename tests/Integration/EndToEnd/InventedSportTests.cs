using System.Text.RegularExpressions;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>
/// The page "Add a sport" carried out as written: its files, its commands, all four workers, a sport that no code knows.
/// </summary>
public sealed partial class InventedSportTests
{
    private const string ContestId = "hill-race-1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sport_that_nobody_has_heard_of_is_settled_and_paid_without_a_release()
    {
        var page = await File.ReadAllTextAsync(
            Path.Combine(StateFolder.Checkout(), "docs", "providers", "add-a-sport.md"), Ct);
        page = page[page.IndexOf("## From nothing to a paid contest", StringComparison.Ordinal)..];
        var files = PageFile().Matches(page).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["body"].Value);
        var commands = PageCommand().Matches(page).Select(m => m.Groups["line"].Value).ToList();
        Assert.Equal((4, 7), (files.Count, commands.Count));

        await using var run = await ChallengeRun.Start("test-sport", players: 2, Ct);
        await run.Stage.Stripe.Fund(10_000, Ct);
        var folder = Directory.CreateDirectory(run.Stage.Folder.Sub("page")).FullName;
        var locksAt = TimeProvider.System.GetUtcNow().AddSeconds(40).ToString("O");
        foreach (var (name, body) in files)
            await File.WriteAllTextAsync(
                Path.Combine(folder, name), body.Replace("2031-05-04T12:00:00Z\",\n  \"gameIds", $"{locksAt}\",\n  \"gameIds",
                    StringComparison.Ordinal), Ct);

        foreach (var command in commands.Take(5)) await run.Stage.Say(command, expected: 0, folder);
        await run.Publish(new SubmitEntryV1("s1", ContestId, "e1", DemoEntries.PlayerId(1), ["ann", "cleo"]));
        await run.Publish(new SubmitEntryV1("s2", ContestId, "e2", DemoEntries.PlayerId(2), ["bea", "dora"]));
        await run.Until("both take part", () => run.Of(ContestId)?.Accepted == 2, Ct);
        await run.Reaches(ContestId, ContestStates.Locked, Ct);
        await run.Stage.Say(commands[5], expected: 0, folder);
        await run.Reaches(ContestId, ContestStates.Paid, Ct);
        await run.Until("nothing is left to do", () => run.Crew.IsAtRest(Ct), Ct);

        Assert.Equal([("player-001", 700L), ("player-002", 300L)],
            run.Told.Payouts.Select(p => (p.PlayerId, p.AmountMinor)).Order());
        Assert.Equal([300L, 700L], (await run.Stage.Stripe.Transfers(Ct)).Select(t => t.AmountMinor).Order());
        var shown = await run.Stage.Say(commands[6], expected: 0, folder);
        Assert.Contains("23.00", shown, StringComparison.Ordinal);
        Assert.Contains("11.25", shown, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^`(?<name>[\w.-]+)`:\n```\w+\n(?<body>.*?\n)```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex PageFile();

    [GeneratedRegex("^    contestctl (?<line>.+)$", RegexOptions.Multiline)]
    private static partial Regex PageCommand();
}
