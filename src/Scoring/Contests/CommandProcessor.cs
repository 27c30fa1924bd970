using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Everything a batch of commands needs, loaded with a handful of statements, changed in memory while the commands are judged one
/// after the other, and written back with a handful of statements. The contests' rows are locked from the load to the commit.
/// </summary>
internal sealed partial class CommandProcessor
{
    private readonly Dictionary<string, LoadedContest> contests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CommandRow> answers = new(StringComparer.Ordinal);
    private readonly List<CommandRow> newAnswers = [];
    private readonly List<(string ContestId, long ChangeNo, long AcceptanceNo)> changes = [];
    private readonly List<SwapRow> swaps = [];
    private readonly ProofBook proofs = new();

    public static async Task<CommandProcessor> Lock(IReadOnlyCollection<string> contestIds, ContestDefinitions definitions, Tx tx)
    {
        var desk = new CommandProcessor { Standing = new StandingAnswers([]) };
        foreach (var contestId in contestIds) desk.contests[contestId] = new LoadedContest(contestId);
        foreach (var row in await tx.LockContests(contestIds)) await desk.Open(row, definitions, tx);
        return desk;
    }

    /// <param name="commands">All that will be judged, of contests that are locked.</param>
    public async Task Load(IReadOnlyList<IContestCommand> commands, Tx tx)
    {
        foreach (var answer in await tx.Commands([.. commands.Select(c => c.CommandId).Distinct(StringComparer.Ordinal)]))
            answers[answer.CommandId] = answer;
        foreach (var heard in await tx.HeardStarts(contests.Keys)) contests[heard.ContestId].HeardStarts.Add(heard);

        await LoadRules(commands, tx);
        var entries = commands.Select(EntryOf).OfType<(string, string, string)>()
            .Where(e => IdRules.IsId(e.Item2) && IdRules.IsId(e.Item3)).ToArray();
        if (entries.Length == 0) return;
        foreach (var entry in await tx.EntriesNamed([.. entries.Select(e => (e.Item1, e.Item2)).Distinct()]))
            contests[entry.ContestId].Entries[entry.EntryId] = entry;
        foreach (var (contestId, playerId,
            count) in await tx.EntriesOfPlayers([.. entries.Select(e => (e.Item1, e.Item3)).Distinct()]))
            contests[contestId].PlayerEntries[playerId] = count;
        await LoadReserved(entries, tx);
        await proofs.Load(commands, tx);
    }

    private async Task LoadReserved((string ContestId, string EntryId, string PlayerId)[] entries, Tx tx)
    {
        var withFee = entries.Where(e => contests[e.ContestId].Rules?.Definition.EntryFeeMinor > 0).ToArray();
        if (withFee.Length == 0) return;
        foreach (var reserved in await tx.ReservedNamed([.. withFee.Select(e => (e.ContestId, e.EntryId)).Distinct()]))
            contests[reserved.ContestId].Reserved[reserved.EntryId] = reserved;
        foreach (var (contestId, playerId, open,
            ever) in await tx.ReservationsOfPlayers([.. withFee.Select(e => (e.ContestId, e.PlayerId)).Distinct()]))
        {
            var contest = contests[contestId];
            contest.PlayerEntries[playerId] = contest.PlayerEntries.GetValueOrDefault(playerId) + open;
            contest.PlayerReservations[playerId] = ever;
        }
    }

    public LoadedContest Contest(string contestId) => contests[contestId];

    /// <summary>Takes a contest's row as it now stands in the database.</summary>
    public async Task Open(ContestRow row, ContestDefinitions definitions, Tx tx)
    {
        var contest = contests[row.ContestId];
        contest.Row = row;
        contest.Rules = await definitions.Find(row.ContestId, row.DefinitionHash, tx);
        (contest.EntryCount, contest.LastAcceptanceNo, contest.LastChangeNo) = (row.EntryCount, row.LastAcceptanceNo,
            row.LastChangeNo);
    }

    /// <summary>Of a contest that was just published: a game may have begun before.</summary>
    public async Task HearStarts(string contestId, Tx tx)
    {
        contests[contestId].HeardStarts.AddRange(await tx.HeardStarts([contestId]));
        contests[contestId].Begun = null;
    }

    public CommandRow? Answered(string commandId) => answers.GetValueOrDefault(commandId);

    public void Answer(CommandRow answer)
    {
        answers[answer.CommandId] = answer;
        newAnswers.Add(answer);
    }

    /// <param name="now">When the command is judged, UTC.</param>
    public CommandView View(IContestCommand command, DateTimeOffset now)
    {
        var contest = contests[command.ContestId];
        var (_, entryId, playerId) = EntryOf(command) ?? ("", "", "");
        var entry = entryId is null ? null : contest.Entries.GetValueOrDefault(entryId);
        return new CommandView(
            contest.Rules, contest.Row?.State, contest.EntryCount, Begun(contest, now),
            entry is null
                ? null : new EntryView(entry.EntryId, entry.PlayerId, entry.Version, Split(entry.AthleteIds), entry.Withdrawn),
            playerId is null ? 0 : contest.PlayerEntries.GetValueOrDefault(playerId), MayCancel(contest.Row),
            entryId is null ? null : contest.Reserved.GetValueOrDefault(entryId),
            playerId is null ? 0 : contest.PlayerReservations.GetValueOrDefault(playerId), Unsettled(contest.Row))
        {
            Proof = proofs.View(command, isFinal: !MayCancel(contest.Row)),
        };
    }

    private static bool MayCancel(ContestRow? row) => row?.FinalizedRevision is null || row.RecalledAt is not null;

    private static UnsettledRanking? Unsettled(
        ContestRow? row) => row is { FinalizedRevision: { } revision, RecalledAt: null } && row.SettledRevision != revision
        ? new UnsettledRanking(revision, row.FinalizedAttempt!.Value) : null;

    public long Accept(string contestId, CommandDecision.Accept accept, DateTimeOffset at)
    {
        var contest = contests[contestId];
        var entry = new EntryRow(
            contestId, accept.EntryId, ++contest.LastAcceptanceNo, accept.PlayerId, 1, string.Join(',', accept.AthleteIds), at,
            Withdrawn: false);
        contest.Entries[accept.EntryId] = entry;
        contest.Added.Add(accept.EntryId);
        contest.EntryCount++;
        contest.PlayerEntries[accept.PlayerId] = contest.PlayerEntries.GetValueOrDefault(accept.PlayerId) + 1;
        return entry.AcceptanceNo;
    }

    public void Reserve(string contestId, string commandId, CommandDecision.Reserve reserve, DateTimeOffset at)
    {
        var contest = contests[contestId];
        contest.Reserved[reserve.EntryId] = new ReservedEntry(
            contestId, reserve.EntryId, ++contest.LastAcceptanceNo, reserve.PlayerId, reserve.PlayerEntryNo, commandId,
            string.Join(',', reserve.AthleteIds), at, ReservationState.Reserved, null);
        contest.ReservedNow.Add(reserve.EntryId);
        contest.PlayerEntries[reserve.PlayerId] = contest.PlayerEntries.GetValueOrDefault(reserve.PlayerId) + 1;
        contest.PlayerReservations[reserve.PlayerId] = reserve.PlayerEntryNo;
    }

    public void WithdrawReserved(string contestId, CommandDecision.WithdrawReserved withdraw, DateTimeOffset at)
    {
        var contest = contests[contestId];
        contest.Reserved[withdraw.EntryId] = contest.Reserved[withdraw.EntryId] with { State = ReservationState.Withdrawn,
            EndedAt = at };
        contest.ReservedEnded.Add(withdraw.EntryId);
        contest.PlayerEntries[withdraw.PlayerId]--;
    }

    public void Change(string contestId, CommandDecision.Change change, DateTimeOffset at)
    {
        Replace(contests[contestId], change.EntryId,
            e => e with { Version = change.Version, AthleteIds = string.Join(',', change.AthleteIds) });
        swaps.Add(new SwapRow(
            contestId, change.EntryId, change.Version, change.Slot, change.Outgoing.AthleteId, change.Incoming.AthleteId,
            change.Outgoing.GameId, change.Incoming.GameId, at));
    }

    public void Submit(SubmitProofV1 submit, int version, DateTimeOffset at) => proofs.Submit(submit, version, at);

    public void Vote(VoteV1 vote, CommandDecision.CastVote cast, DateTimeOffset at)
    {
        proofs.Vote(cast.Proof, vote, cast.Version, at);
        if (cast.Proof.Outcome is not null) Replace(contests[vote.ContestId], vote.EntryId, e => e);
    }

    public void Rule(ProofRow proof)
    {
        proofs.Put(proof);
        Replace(contests[proof.ContestId], proof.EntryId, e => e);
    }

    public void Withdraw(string contestId, CommandDecision.Withdraw withdraw)
    {
        var contest = contests[contestId];
        Replace(contest, withdraw.EntryId, e => e with { Withdrawn = true });
        contest.EntryCount--;
        contest.PlayerEntries[withdraw.PlayerId]--;
    }

    /// <summary>Writes what was decided so far. The desk stays usable.</summary>
    public async Task Write(Tx tx)
    {
        foreach (var contest in contests.Values.OrderBy(c => c.ContestId, StringComparer.Ordinal))
        {
            contest.Changed.ExceptWith(contest.Added);
            if (contest.Added.Count > 0) await tx.InsertEntries([.. contest.Added.Select(id => contest.Entries[id])]);
            if (contest.Changed.Count > 0) await tx.UpdateEntries([.. contest.Changed.Select(id => contest.Entries[id])]);
            if (contest.Row is not null
                && (contest.Added.Count > 0 || contest.Changed.Count > 0 || contest.ReservedNow.Count > 0))
                await tx.UpdateCounts(contest.ContestId, contest.EntryCount, contest.LastAcceptanceNo, contest.LastChangeNo);
            contest.ReservedEnded.ExceptWith(contest.ReservedNow);
            if (contest.ReservedNow.Count > 0)
                await tx.InsertReserved([.. contest.ReservedNow.Select(id => contest.Reserved[id])]);
            if (contest.ReservedEnded.Count > 0)
                await tx.EndReserved([.. contest.ReservedEnded.Select(id => contest.Reserved[id])]);
            contest.ReservedNow.Clear();
            contest.ReservedEnded.Clear();
            contest.Added.Clear();
            contest.Changed.Clear();
        }

        await proofs.Write(tx);
        if (changes.Count > 0) await tx.InsertChanges(changes);
        if (newAnswers.Count > 0) await tx.InsertCommands(newAnswers);
        if (swaps.Count > 0) await tx.InsertSwaps(swaps);
        changes.Clear();
        swaps.Clear();
        newAnswers.Clear();
    }

    private IReadOnlySet<string> Begun(LoadedContest contest, DateTimeOffset now)
    {
        if (contest.Rules is not { } rules) return new HashSet<string>();
        if (contest.Begun is { } known && known.At == now) return known.Games;
        var games = BegunGames.At(rules.Definition, contest.HeardStarts, now, IsAgain);
        contest.Begun = (now, games);
        return games;
    }

    public static string[] Split(string athleteIds) => athleteIds.Length == 0 ? [] : athleteIds.Split(',');

    private void Replace(LoadedContest contest, string entryId, Func<EntryRow, EntryRow> change)
    {
        var entry = change(contest.Entries[entryId]);
        contest.Entries[entryId] = entry;
        contest.Changed.Add(entryId);
        changes.Add((contest.ContestId, ++contest.LastChangeNo, entry.AcceptanceNo));
    }

    private static (string ContestId, string EntryId, string PlayerId)? EntryOf(IContestCommand command) => command switch
    {
        SubmitEntryV1 submit => (submit.ContestId, submit.EntryId, submit.PlayerId),
        SwapAthleteV1 swap => (swap.ContestId, swap.EntryId, swap.PlayerId),
        WithdrawEntryV1 withdraw => (withdraw.ContestId, withdraw.EntryId, withdraw.PlayerId),
        SubmitProofV1 submit => (submit.ContestId, submit.EntryId, submit.PlayerId),
        VoteV1 vote => (vote.ContestId, vote.EntryId, vote.VoterId),
        DecideProofV1 ruling => (ruling.ContestId, ruling.EntryId, ruling.IssuedBy),
        _ => null,
    };
}
