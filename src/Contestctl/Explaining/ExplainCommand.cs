using System.CommandLine;
using ContestPipeline.Payout.Payouts;
using Npgsql;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary><c>contestctl explain payout|prize|entry</c>: where a cent comes from, from the feed to Stripe.</summary>
internal static class ExplainCommand
{
    private const string AboutPayout =
        """
        Shows what a payout consists of: for each prize in it the feed messages, line versions, points rule by rule, rank, tie split and fee; what earlier
        revisions had awarded of it; what a refund, a lost dispute or a correction took out before it was paid; then the ledger's lines, every attempt and
        Stripe's ids. From the topics and the ledger; changes nothing. Exit code 1 when there is no such payout, the topics no longer have what is needed,
        or what was paid is not what the steps lead to.

        Examples:
          contestctl explain payout 4f1c…
          contestctl explain payout 4f1c… --json
        """;

    private const string AboutPrize =
        """
        Shows how an entry came to its prize and what became of the money, as explain entry does. Exit code 1 also when the entry wins nothing.

        Example:
          contestctl explain prize entry-7 --contest sunday-night
        """;

    private const string AboutEntry =
        """
        Shows an entry from the feed to its rank, and its prize and payout if it has any: feed messages and line versions of every athlete with topic, partition
        and offset, points rule by rule, tie split, fee, ledger lines, attempts and Stripe's ids. Exit code 1 when the topics lack what is needed or something
        published or paid is not what the steps lead to.

        Example:
          contestctl explain entry entry-7 --contest sunday-night --json
        """;

    public static Command Make(
        Session session) => new("explain", "Where a cent comes from: one payout, prize or entry from the feed to Stripe.")
    {
        Payout(session), Entry(session, "prize", AboutPrize, onlyWithPrize: true),
        Entry(session, "entry", AboutEntry, onlyWithPrize: false),
    };

    private static Command Payout(Session session)
    {
        var id = new Argument<string>("PAYOUT") { Description = "The payout's id." };
        var json = Output.JsonOption<Explanation>();
        var command = new Command("payout", AboutPayout) { id, json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var connection = await session.OpenAdmin(ct);
            var payoutId = parsed.GetRequiredValue(id);
            var payout = await connection.Payout(payoutId, ct) ?? throw new RefusedException($"there is no payout '{payoutId}'");
            if (PayoutSource.IsWithdrawal(payout.ContestId))
                throw new RefusedException(
                    $"payout '{payoutId}' is a withdrawal of player {payout.PlayerId}, and no prize: contestctl wallet history "
                        + $"{payout.PlayerId} shows what it was taken from");
            var explain =
                new ExplainEntry(ContestRecords.Read(new LegibleRecords(session.Reader()), payout.ContestId, payout.Revision, ct),
                    payout.Revision);
            var entries = explain.Of([.. explain.AwardedTo(payout.PlayerId).Select(a => a.EntryId)], ct);
            return Show(parsed, json, new Explanation(entries, await Money(connection, payout, explain, ct)));
        });
        return command;
    }

    private static Command Entry(Session session, string name, string about, bool onlyWithPrize)
    {
        var id = new Argument<string>("ENTRY") { Description = "The entry's id." };
        var contest = new Option<string?>(
            "--contest") { Description = "The contest's id; needed when entries of several contests have this id." };
        var revision = new Option<int>("--revision") { Description = "Which result.", DefaultValueFactory = _ => 1 };
        var json = Output.JsonOption<Explanation>();
        var command = new Command(name, about) { id, contest, revision, json };
        command.SetAction(async (parsed, ct) =>
        {
            var (entryId, no) = (parsed.GetRequiredValue(id), parsed.GetValue(revision));
            await using var connection = await session.OpenAdmin(ct);
            var topics = new LegibleRecords(session.Reader());
            var contestId = parsed.GetValue(contest) ?? Only(entryId, ContestRecords.ContestsOf(topics, entryId, ct));
            var explain = new ExplainEntry(ContestRecords.Read(topics, contestId, no, ct), no);
            var entry = explain.Of([entryId], ct)[0];
            if (onlyWithPrize && entry.Published is null)
                throw new RefusedException($"{entryId} wins nothing in {contestId}: it has rank {entry.Steps.Rank}");
            var payoutId = entry.Published is null
                ? null : (await connection.PayoutChain(contestId, no, entry.PlayerId, ct)).LastOrDefault()?.PayoutId;
            var payout = payoutId is null ? null : await connection.Payout(payoutId, ct);
            return Show(
                parsed, json, new Explanation([entry], payout is null ? null : await Money(connection, payout, explain, ct)));
        });
        return command;
    }

    private static string Only(string entryId, IReadOnlyList<string> contests) => contests switch
    {
        [var one] => one,
        [] => throw new RefusedException($"no entry '{entryId}' was ever accepted, as far as the topics go back"),
        _ => throw new RefusedException($"'{entryId}' is an entry of {string.Join(", ", contests)}: name one with --contest"),
    };

    private static async Task<ExplainedMoney> Money(
        NpgsqlConnection connection, PayoutRow payout, ExplainEntry explain, CancellationToken ct) => new(
        payout, explain.AwardedTo(payout.PlayerId),
        await connection.PayoutChain(payout.ContestId, payout.Revision, payout.PlayerId, ct),
        await connection.LedgerLines(payout.ContestId, payout.PlayerId, ct), await connection.PayoutChanges(payout.PayoutId, ct),
        await connection.Attempts(payout.PayoutId, ct));

    private static int Show(ParseResult parsed, JsonOption<Explanation> json, Explanation explanation)
    {
        Output.Show(parsed, json, explanation, console => ExplainText.Write(console, explanation));
        return explanation.Agrees ? ExitCodes.Success : ExitCodes.CheckFailed;
    }
}

/// <summary>What the books and Stripe's answers say of one payout.</summary>
/// <param name="Awarded">What the revision awards to the player, whichever of the entries is shown: the first payout of the chain
/// is the sum of it.</param>
/// <param name="Chain">All payouts that stood in turn for it; <paramref name="Payout"/> is one of them.</param>
internal sealed record ExplainedMoney(
    PayoutRow Payout, IReadOnlyList<AwardedEntry> Awarded, IReadOnlyList<ChainedPayout> Chain,
    IReadOnlyList<LedgerLineRow> Ledger, IReadOnlyList<PayoutChangeRow> History, IReadOnlyList<AttemptRow> Attempts);

/// <summary>The whole chain.</summary>
internal sealed record Explanation(IReadOnlyList<ExplainedEntry> Entries, ExplainedMoney? Money)
{
    /// <summary>
    /// What of the money is not what the steps lead to, in words: lines that do not add up, or a prize that nobody pays.
    /// </summary>
    public IReadOnlyList<string> Faults => Money is not null ? LedgerOfPayout.Faults(Money.Payout, Money.Awarded, Money.Ledger)
        : [.. Entries.Where(e => e.Change.MoreNetMinor > 0)
            .Select(e =>
                $"{e.EntryId} won {e.Change.MoreNetMinor} {e.Currency} minor units, and there is no payout of it: nobody pays "
                    + $"it")];

    /// <summary>
    /// Every step leads to the next; a payout is what its revision awards the player in all, less what was taken out of those
    /// before it.
    /// </summary>
    public bool Agrees =>
        Entries.All(e => e.Agrees) && Faults.Count == 0 && (Money is null || PayoutChain.Agrees(Money.Awarded, Money.Chain));
}
