using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>
/// One contest put together in memory from the messages about it, in any mixture of topics and however often they come: how
/// `contestctl verify` recomputes a result without any database.
/// </summary>
/// <remarks>The messages of contest.events.v1 must come in their own order; lines may come whenever.</remarks>
public sealed class ContestCopy(string contestId)
{
    private readonly Dictionary<string, CopiedEntry> entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> withdrawals = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ContestFinalizedV1> finalized = [];
    private readonly Dictionary<(int Revision, int Attempt, int Chunk), RankingChunkV1> chunks = [];
    private readonly LineVersions lines = new();
    private readonly ProofBook proofs = new();
    private readonly Dictionary<(string Name, int Version), RuleSet> published = [];

    public string ContestId { get; } = contestId;

    public ContestDefinitionV1? Definition { get; private set; }

    public string? DefinitionHash { get; private set; }

    public ContestCancelledV1? Cancelled { get; private set; }

    /// <summary>What Settlement published, by revision.</summary>
    public Dictionary<int, ContestSettledV1> Settled { get; } = [];

    /// <summary>The prizes that Settlement published, of all revisions, each message as often as it came.</summary>
    public List<ContestAwardsV1> PublishedAwards { get; } = [];

    /// <summary>What Settlement published as awarded too much, likewise.</summary>
    public List<ContestReductionsV1> PublishedReductions { get; } = [];

    /// <summary>Takes in what concerns this contest; anything else is left alone.</summary>
    public void Apply(IMessage message)
    {
        if (message is StatLineV1 line) lines.Add(line.GameId, line.AthleteId, line.Version, line.Stats);
        if (message is RulesPublishedV1 { RuleSet: var rules }) published.TryAdd((rules.Name, rules.Version), rules);
        if (message.PartitionKey != ContestId) return;
        proofs.Apply(message);
        switch (message)
        {
            case ContestPublishedV1 published:
                (Definition, DefinitionHash) = (published.Definition, published.DefinitionHash);
                break;
            case EntryAcceptedV1 accepted:
                Accept(accepted);
                break;
            case EntryChangedV1 changed
                when entries.TryGetValue(changed.EntryId, out var entry) && changed.Version > entry.Version:
                entries[changed.EntryId] = entry with { Version = changed.Version,
                    Lineup = EntryBookBuilder.Join(changed.AthleteIds) };
                break;
            case EntryWithdrawnV1 withdrawn
                when withdrawals.Add(withdrawn.CommandId) && entries.TryGetValue(withdrawn.EntryId, out var entry):
                entries[withdrawn.EntryId] = entry with { Withdrawn = true };
                break;
            case ContestCancelledV1 cancelled:
                Cancelled = cancelled;
                break;
            case RankingChunkV1 chunk:
                chunks[(chunk.Revision, chunk.Attempt ?? 1, chunk.Chunk)] = chunk;
                break;
            // A further attempt follows only when the one before is never settled.
            case ContestFinalizedV1 completion
                when !finalized.TryGetValue(completion.Revision, out var before)
                    || (before.Attempt ?? 1) <= (completion.Attempt ?? 1):
                finalized[completion.Revision] = completion;
                break;
            case ContestSettledV1 settled:
                Settled[settled.Revision] = settled;
                break;
            case ContestAwardsV1 awards:
                PublishedAwards.Add(awards);
                break;
            case ContestReductionsV1 reductions:
                PublishedReductions.Add(reductions);
                break;
        }
    }

    /// <summary>What the copy lacks to be computed, in words; empty when <see cref="Settle"/> can be called.</summary>
    public IReadOnlyList<string> Missing(int revision = 1)
    {
        if (revision > 1 && Missing(revision - 1) is { Count: > 0 } before) return before;
        if (!finalized.TryGetValue(revision, out var completion)) return ["the completion (contest.finalized.v1)"];
        var book = Book();
        var missing = FindMissing.Of(completion, Definition, DefinitionHash, book.Count, lines, Chunks(revision), Published);
        if (missing.Count > 0) return missing;
        return (FindMissing.InEntries(completion, book) ?? FindMissing.InProofs(completion, Named)) is { } other ? [other] : [];
    }

    /// <summary>By which it is scored; null: it neither ships nor is on the topic of rule sets.</summary>
    public RuleSet? RuleSet => Definition is null ? null : RuleSets.Of(Definition.RuleSet, Published);

    private RuleSet? Published => Definition is null
        ? null : published.GetValueOrDefault((Definition.RuleSet.Name, Definition.RuleSet.Version));

    private FinalProofsV1? Named => Definition?.Verified is null ? null : proofs.Named;

    /// <summary>Computes the full result anew, as if it were the first. Only when nothing is <see cref="Missing"/>.</summary>
    public SettlementResult Settle(int revision = 1)
    {
        var book = Book();
        var stats = Definition!.Verified is { } terms ? proofs.Stats(terms, book) : lines.Final(finalized[revision]);
        return SettleContest.Compute(Definition, DefinitionHash!, RuleSet!, stats, book, revision, Named);
    }

    /// <summary>
    /// Computes what had to be published: the full result of revision 1, of a later one what it adds and takes back. Only when
    /// nothing is <see cref="Missing"/>.
    /// </summary>
    public Correction Announced(int revision = 1) => AnnouncedUpTo(revision).Last();

    /// <summary>As <see cref="Announced"/>, of every revision from the first to this one.</summary>
    public IEnumerable<Correction> AnnouncedUpTo(int revision)
    {
        var full = Settle();
        var announced = new Correction(full, new Awards([], new long[full.Entries.Count], new long[full.Entries.Count]));
        yield return announced;
        var awardedMinor = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var next = 2; next <= revision; next++)
        {
            AddTo(awardedMinor, announced);
            announced = CorrectAwards.Of(Settle(next), Definition!, awardedMinor);
            yield return announced;
        }
    }

    /// <returns>The first difference between this result and Scoring's final ranking, or null.</returns>
    public string? DifferenceFromScoring(SettlementResult result) =>
        CompareRankings.FirstDifference(result.Ranking, result.Entries, Chunks(result.Revision));

    private static void AddTo(Dictionary<string, long> awardedMinor, Correction announced)
    {
        var (entries, awards, reductions) = (announced.Result.Entries, announced.Result.Awards, announced.Reductions);
        for (var entry = 0; entry < entries.Count; entry++)
        {
            var id = entries.EntryIds[entry];
            var minor = awardedMinor.GetValueOrDefault(id) + awards.GrossMinor[entry] - reductions.GrossMinor[entry];
            if (minor == 0) awardedMinor.Remove(id);
            else awardedMinor[id] = minor;
        }
    }

    private List<RankingChunkV1> Chunks(int revision) =>
        [.. chunks.Where(c => c.Key.Revision == revision && c.Key.Attempt == (finalized[revision].Attempt ?? 1))
            .Select(c => c.Value)];

    private void Accept(EntryAcceptedV1 accepted)
    {
        // A repeated acceptance must not undo a later change or withdrawal of the same entry.
        if (entries.TryGetValue(accepted.EntryId, out var known) && known.AcceptanceNo >= accepted.AcceptanceNo) return;
        entries[accepted.EntryId] = new CopiedEntry(
            accepted.PlayerId, accepted.AcceptanceNo, 1, EntryBookBuilder.Join(accepted.AthleteIds), false);
    }

    private EntryBook Book()
    {
        var builder = new EntryBookBuilder(entries.Count);
        foreach (var (entryId, entry) in entries.Where(e => !e.Value.Withdrawn))
            builder.Add(entryId, entry.PlayerId, entry.AcceptanceNo, entry.Lineup);
        return builder.Build();
    }

    /// <summary>The latest that is known of one entry.</summary>
    private sealed record CopiedEntry(string PlayerId, long AcceptanceNo, int Version, string Lineup, bool Withdrawn);
}
