using System.Security.Cryptography;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Scoring;

/// <summary>
/// Commands in, one answer each on <c>contest.events.v1</c> out. The contests are locked, the whole batch is judged in memory in
/// the order it came, then written and sent. Every answer is kept for good: the same command gets the same answer again. A
/// player's command that comes before its contest waits for it.
/// </summary>
public sealed class CommandHandler(ContestDefinitions definitions, IConfiguration configuration) : IBatchHandler
{
    private readonly HoldPatience patience = HoldPatience.From(configuration);
    private readonly EarlyLimits limits = EarlyLimits.From(configuration);
    private readonly string environment = configuration.PipelineEnvironment();
    private readonly IReadOnlyList<byte[]> receiptKeys = SigningKeys.Checking(
        configuration, ProofReceipt.KeySetting, ProofReceipt.OtherKeysSetting);
    private readonly long overlayMaxMinor = configuration.Whole(PrizeRules.OverlayMaxSetting);

    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var commands = new List<(IContestCommand Command, Envelope Envelope)>(batch.Count);
        foreach (var received in batch)
        {
            if (Identified(received, tx) is { } command) commands.Add((command, received.Envelope));
        }

        if (commands.Count == 0) return;
        // A game's state that is just being stored does not see what is published now, and would wake it never.
        var games = commands.Select(c => c.Command).OfType<CreateContestV1>()
            .SelectMany(c => c.Definition.GameIds.Take(ValidateDefinition.GamesMax)).ToHashSet(StringComparer.Ordinal);
        if (games.Count > 0) await tx.HoldGames(games);
        await Judge([.. commands.Select(c => c.Command.ContestId).Distinct(StringComparer.Ordinal)], commands, tx);
    }

    /// <summary>
    /// Judges commands that waited for a contest, if it is published by now, and refuses those whose time is up.
    /// </summary>
    public Task JudgeEarly(string contestId, Tx tx) => Judge([contestId], [], tx);

    private async Task Judge(string[] contestIds, IReadOnlyList<(IContestCommand Command, Envelope Envelope)> commands, Tx tx)
    {
        var desk = await CommandProcessor.Lock(contestIds, definitions, tx);
        foreach (var contestId in contestIds) await WalkChallenge(contestId, desk, tx);
        var early = await EarlyCommandQueue.Load(contestIds, limits, tx);
        await desk.Load([.. early.Commands, .. commands.Select(c => c.Command)], tx);
        // Whoever had the contests before has told its time: this one's comes after, however long the wait was.
        var now = tx.NowStored();
        (desk.IsAgain, var mayStand) = await tx.LookBack();
        desk.Standing = await StandingAnswers.Load(mayStand, [.. early.Commands, .. commands.Select(c => c.Command)], tx);
        foreach (var contestId in contestIds) await AnswerEarly(contestId);
        foreach (var (command, envelope) in commands)
        {
            if (desk.Answered(command.CommandId) is null && await tx.IsMisplaced(command, envelope))
            {
                tx.Reject(envelope, "type-on-wrong-topic", "ce_type",
                    $"a message type of {envelope.Topic}; this one goes to {Topics.ContestOperations}", envelope.WireName);
                continue;
            }

            var isPublished = desk.Contest(command.ContestId).Rules is not null;
            if (!isPublished && desk.Answered(command.CommandId) is null && await early.Keep(
                command, envelope, desk.AwaitsRules(command), now, tx)) continue;
            await Answer(command, envelope, desk, At(command, envelope), tx);
            if (!isPublished) await AnswerEarly(command.ContestId);
        }

        await desk.Write(tx);
        await early.Write(tx);

        async Task AnswerEarly(string contestId)
        {
            // A contest that waited for its rule set lets those go on that waited for it.
            while (early.Take(contestId, desk.Contest(contestId).Rules is not null, desk.AwaitsRules, now) is { Count: > 0 } done)
            {
                foreach (var waited in done)
                {
                    await Answer(waited.Command, waited.Envelope, desk, At(waited.Command, waited.Envelope), tx);
                    if (waited.Command is CreateContestV1)
                        tx.ResolveAlert(ScoringAlerts.RuleSetAwaitedKey(contestId), "the command that named it is answered");
                }
            }
        }

        DateTimeOffset At(IContestCommand command, Envelope envelope) =>
            JudgedAt.Of(desk.IsAgain, envelope.Time, desk.Contest(command.ContestId).Row?.LastStepAt, now);
    }

    /// <summary>An answer needs an address: a command without usable ids goes back whole.</summary>
    private static IContestCommand? Identified(Received<IMessage> received, Tx tx)
    {
        if (received.Message is not IContestCommand command)
        {
            tx.Reject(received.Envelope, "not-a-command", "ce_type", "a contest command", received.Envelope.WireName);
            return null;
        }

        if (IdRules.IsId(command.CommandId) && IdRules.IsId(command.ContestId)) return command;
        tx.Reject(received.Envelope, Reasons.InvalidId, IdRules.IsId(command.CommandId) ? "contestId" : "commandId",
            IdRules.IdExpected);
        return null;
    }

    private async Task Answer(IContestCommand command, Envelope envelope, CommandProcessor desk, DateTimeOffset now, Tx tx)
    {
        var bodyHash = Convert.ToHexStringLower(SHA256.HashData(envelope.Body.Span));
        if (desk.Answered(command.CommandId) is not { } answer)
        {
            var standing = desk.Standing.Of(command, bodyHash);
            now = StandingAnswers.JudgedAt(standing) ?? now;
            if (standing is EntryChangedV1 or EntryWithdrawnV1 { Reserved: false }) desk.AcceptAsPublished(command);
            var view = desk.View(command, now);
            if (command is CreateContestV1 { Definition: var definition } && view.Rules is null)
            {
                string[] games = [.. definition.GameIds.Take(ValidateDefinition.GamesMax)];
                var begun = BegunGames.At(definition, await tx.HeardStartsOf(command.ContestId, games), now, desk.IsAgain);
                view = view with { StartedGames = begun, Lines = await tx.Lines(games),
                    PublishedRules = desk.PublishedRules(definition) };
            }

            var decision = standing is null ? Decide(view)
                : desk.Standing.Decide(view, command, standing, Decide);
            Invariant.Holds(standing is null or CommandRejectedV1 || decision is not CommandDecision.Refuse,
                $"command {command.CommandId} of contest {command.ContestId} was granted before the database went back, and "
                    + $"cannot be granted again yet: {(decision as CommandDecision.Refuse)?.Refusal.ReasonCode}");
            answer = await Apply(decision, command, bodyHash, desk, now, tx);
            desk.Answer(answer);
            tx.Send(
                CommandAnswer.ToMessage(command, answer, desk.Contest(command.ContestId).Rules?.Definition), envelope, answer.At);
            if (decision is CommandDecision.CastVote { Proof: { Outcome: not null } decided })
                tx.Send(decided.ToMessage(), envelope);
            if (ChallengeTimes.MayEnd(decision, desk.Contest(command.ContestId).Rules, now))
                await tx.Wake(command.ContestId, now);
            return;
        }

        tx.Send(
            answer.BodyHash == bodyHash
                ? CommandAnswer.ToMessage(command, answer, desk.Contest(command.ContestId).Rules?.Definition)
                : CommandAnswer.Reused(command, answer, bodyHash),
            envelope, answer.At);

        CommandDecision Decide(CommandView by) => DecideCommand.Decide(
            by with { ReceiptKeys = receiptKeys }, command, environment, now, overlayMaxMinor);
    }

    private async Task<CommandRow> Apply(
        CommandDecision decision, IContestCommand command, string bodyHash, CommandProcessor desk, DateTimeOffset now, Tx tx)
    {
        CommandRow Done(string outcome, long number = 0, string? athleteIds = null) =>
            new(command.CommandId, bodyHash, command.ContestId, outcome, number, athleteIds, null, null, null, now, null);
        CommandRow Refused(Refusal refusal) =>
            Done(CommandAnswer.Refused) with { ReasonCode = refusal.ReasonCode, Message = refusal.Message,
                Field = refusal.Field };

        switch (decision)
        {
            case CommandDecision.Accept accept:
                var members = command is SubmitEntryV1 submit && submit.AthleteIds.SequenceEqual(accept.AthleteIds)
                    ? null : string.Join(',', accept.AthleteIds);
                return Done(CommandAnswer.Accepted, desk.Accept(command.ContestId, accept, now), members);
            case CommandDecision.Reserve reserve:
                desk.Reserve(command.ContestId, command.CommandId, reserve, now);
                return Done(CommandAnswer.Reserved, reserve.PlayerEntryNo);
            case CommandDecision.Change change:
                desk.Change(command.ContestId, change, now);
                return Done(CommandAnswer.Changed, change.Version, string.Join(',', change.AthleteIds));
            case CommandDecision.Withdraw withdraw:
                desk.Withdraw(command.ContestId, withdraw);
                return Done(CommandAnswer.Withdrawn);
            case CommandDecision.WithdrawReserved withdraw:
                desk.WithdrawReserved(command.ContestId, withdraw, now);
                return Done(CommandAnswer.Withdrawn, 1);
            case CommandDecision.Publish publish:
                await Publish(publish.Definition, desk, now, tx);
                return Done(CommandAnswer.Published);
            case CommandDecision.Cancel cancel:
                return await Cancel(command.ContestId, cancel, desk, now, tx) is { } late
                    ? Refused(late) : Done(CommandAnswer.Cancelled);
            case CommandDecision.Recall { Ranking: var ranking }:
                return Done(CommandAnswer.RecallRequested, ranking.Revision) with { Attempt = ranking.Attempt };
            case CommandDecision.SubmitProof proof:
                desk.Submit((SubmitProofV1)command, proof.Version, now);
                return Done(CommandAnswer.ProofSubmitted, proof.Version);
            case CommandDecision.CastVote vote:
                desk.Vote((VoteV1)command, vote, now);
                return Done(CommandAnswer.VoteCast, vote.Version);
            case CommandDecision.RuleOnProof { Proof: var ruled }:
                desk.Rule(ruled);
                return Done(CommandAnswer.ProofDecided, ruled.DecisionNo);
            case CommandDecision.Refuse { Refusal: var refusal }:
                return Refused(refusal);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task Publish(ContestDefinitionV1 definition, CommandProcessor desk, DateTimeOffset now, Tx tx)
    {
        await tx.InsertContest(definition, CanonicalHash.Of(definition), now);
        var step = new LifecycleStepV1(ContestStates.Scheduled, now, "published");
        await tx.InsertStep(definition.ContestId, step);
        if (desk.IsAgain) await tx.SkipLifecycleVersions(definition.ContestId);
        await Reopen(definition.ContestId, desk, tx);
        await desk.HearStarts(definition.ContestId, tx);
        tx.Send(new LifecycleV1(definition.ContestId, ContestStates.Scheduled, 1, [step], null));
    }

    /// <summary>
    /// A challenge begins and ends by the clock alone: whoever hands in a proof before the job was there finds it begun, or over.
    /// </summary>
    private async Task WalkChallenge(string contestId, CommandProcessor desk, Tx tx)
    {
        var now = tx.NowStored();
        if (desk.Contest(contestId) is not { Row: { } row, Rules: { } rules }
            || !ChallengeTimes.IsDue(row.State, rules.Definition, now)) return;
        var time = new LifecycleFact.TimeIs(now);
        var view = await LifecycleWriter.Load(row, rules, patience, tx);
        await LifecycleWriter.Write(row, AdvanceLifecycle.Decide(view, time), time, tx);
        await tx.Wake(contestId, now);
        await Reopen(contestId, desk, tx);
    }

    /// <summary>First walks whatever is due (no state is skipped), then cancels, unless a rule did so on the way.</summary>
    private async Task<Refusal?> Cancel(
        string contestId, CommandDecision.Cancel cancel, CommandProcessor desk, DateTimeOffset now, Tx tx)
    {
        await desk.Write(tx);
        await Walk(new LifecycleFact.TimeIs(now));
        if (desk.Contest(contestId).Row!.State == ContestStates.Cancelled)
            return new Refusal(Reasons.ContestOver, "the contest was cancelled by rule at its lock time");
        await Walk(new LifecycleFact.CancelRequested(now, cancel.Reason, cancel.By));
        return null;

        async Task Walk(LifecycleFact fact)
        {
            await Reopen(contestId, desk, tx);
            var contest = desk.Contest(contestId);
            var view = await LifecycleWriter.Load(contest.Row!, contest.Rules!, patience, tx);
            await LifecycleWriter.Write(contest.Row!, AdvanceLifecycle.Decide(view, fact), fact, tx);
            await Reopen(contestId, desk, tx);
        }
    }

    private async Task Reopen(string contestId, CommandProcessor desk, Tx tx) =>
        await desk.Open((await tx.LockContests([contestId])).Single(), definitions, tx);
}
