using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Server;

/// <summary>SQL over the replays that servers carry out, as the owner.</summary>
internal static class ServerReplaySql
{
    private const string Select =
        """
        select p.replay_id, p.topic, p.state, p.asked_by, p.asked_at, p.changed_at, p.tries, p.owner, p.heartbeat_at, p.step, p.step_done, p.step_expected,
            p.plan_hash, p.run_id, p.effect_minor, p.ordered_by, p.reason, p.rate_per_second, p.patience_seconds, p.approved_by,
            coalesce(nullif(p.outcome, ''), r.differences, '') as outcome, r.state as run_state, coalesce(r.produced, 0) as produced,
            coalesce(r.selected, 0) as selected
        from operations.replay p
        left join operations.replay_run r on r.run_id = p.run_id and p.ordered_by is not null
        """;

    /// <returns>False: it is there already.</returns>
    internal static async Task<bool> Ask(this Tx tx, string replayId, ReplayWish wish, string text, string person) =>
        await tx.Execute(
            """
            insert into operations.replay (replay_id, topic, wish, asked_by, asked_at, state, changed_at)
            values (@replayId, @Topic, @text, @person, @Now, 'asked', @Now)
            on conflict do nothing
            """,
            new { replayId, wish.Topic, text, person, tx.Now }) == 1;

    /// <param name="planHash">Only that of this plan; null: any.</param>
    /// <param name="after">The last of the page before; null: the first page.</param>
    internal static Task<IReadOnlyList<ServerReplay>> Replays(this Tx tx, string? planHash, string? after, int limit) =>
        tx.Query<ServerReplay>(
            $"""
            {Select}
            where true{(planHash is null ? "" : " and p.plan_hash = @planHash")}{(after is null ? ""
                : " and (p.asked_at, p.replay_id) < (select asked_at, replay_id from operations.replay where replay_id = @after)")}
            order by p.asked_at desc, p.replay_id desc
            limit @limit
            """,
            new { planHash, after, limit });

    internal static Task<ServerReplay?> Replay(this Tx tx, string replayId) =>
        tx.QueryOne<ServerReplay>($"{Select} where p.replay_id = @replayId", new { replayId });

    internal static Task<ServerReplay?> LockReplay(this Tx tx, string replayId) =>
        tx.QueryOne<ServerReplay>($"{Select} where p.replay_id = @replayId for update of p", new { replayId });

    internal static Task<(string Wish, string? Plan)> Texts(this Tx tx, string replayId) => tx.QueryOne<(string, string?)>(
        "select wish, plan from operations.replay where replay_id = @replayId", new { replayId });

    /// <summary>In the order in which they were asked for.</summary>
    /// <param name="states">The one to begin, and the one of what a process may have left behind.</param>
    internal static Task<IReadOnlyList<string>> ToDo(this Tx tx, string[] states, int limit) => tx.Query<string>(
        "select replay_id from operations.replay where state = any(@states) order by asked_at, replay_id limit @limit",
        new { states, limit });

    internal static Task Take(this Tx tx, string replayId, string state, string owner) => Written(tx.Execute(
        """
        update operations.replay set state = @state, owner = @owner, heartbeat_at = @Now, tries = tries + 1, changed_at = @Now
        where replay_id = @replayId
        """,
        new { replayId, state, owner, tx.Now }), replayId);

    internal static Task Planned(this Tx tx, string replayId, ReplayPlan plan, string text, string runId) => tx.Execute(
        """
        update operations.replay
        set state = 'planned', plan = @text, plan_hash = @Hash, run_id = @runId, effect_minor = @effect, tries = 0, step = '', changed_at = @Now
        where replay_id = @replayId and state = 'planning'
        """,
        new { replayId, text, plan.Hash, runId, effect = EffectSize.Of(plan.Effect.Total), tx.Now });

    internal static Task Order(
        this Tx tx, string replayId, string state, string person, string reason, int ratePerSecond, int patienceSeconds) =>
        Written(tx.Execute(
            """
            update operations.replay
            set state = @state, ordered_by = @person, reason = @reason, rate_per_second = @ratePerSecond, patience_seconds = @patienceSeconds, changed_at = @Now
            where replay_id = @replayId
            """,
            new { replayId, state, person, reason, ratePerSecond, patienceSeconds, tx.Now }), replayId);

    internal static Task Approve(this Tx tx, string replayId, string state, string person) => Written(tx.Execute(
        "update operations.replay set state = @state, approved_by = @person, changed_at = @Now where replay_id = @replayId",
        new { replayId, state, person, tx.Now }), replayId);

    /// <summary>From whichever of these states it is in; else nothing happens.</summary>
    internal static Task<int> Become(this Tx tx, string replayId, string state, string outcome, params string[] from) =>
        tx.Execute(
            """
            update operations.replay set state = @state, outcome = @outcome, step = '', changed_at = @Now
            where replay_id = @replayId and state = any(@from)
            """,
            new { replayId, state, outcome, from, tx.Now });

    internal static Task Failing(this Tx tx, string replayId, string step) => tx.Execute(
        "update operations.replay set step = @step, step_done = 0, step_expected = 0 where replay_id = @replayId",
        new { replayId, step });

    private static async Task Written(Task<int> rows, string replayId) =>
        Invariant.Holds(await rows == 1, $"replay {replayId} is not there");
}
