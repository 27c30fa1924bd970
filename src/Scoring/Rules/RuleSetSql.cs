using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>A rule set that was published while the workers run.</summary>
/// <param name="Body">The whole <see cref="RuleSet"/> as JSON.</param>
public sealed record RuleSetRow(
    string Name, int Version, string Hash, int Edition, string Body, string IssuedBy, DateTimeOffset PublishedAt)
{
    /// <summary>As it is scored by.</summary>
    public RuleSet RuleSet { get; } = WireJson.Read<RuleSet>(Encoding.UTF8.GetBytes(Body));
}

/// <summary>SQL over published rule sets. Each statement runs inside the caller's transaction.</summary>
internal static class RuleSetSql
{
    /// <returns>Those of the names and versions that were published.</returns>
    public static Task<IReadOnlyList<RuleSetRow>> RuleSetsNamed(
        this Tx tx, IReadOnlyCollection<(string Name, int Version)> named) => tx.Query<RuleSetRow>(
        """
        select r.name, r.version, r.hash, r.edition, r.body, r.issued_by, r.published_at
        from scoring.rule_set r join unnest(@names, @versions) as n (name, version) on r.name = n.name and r.version = n.version
        order by r.name, r.version
        """,
        new { names = named.Select(n => n.Name).ToArray(), versions = named.Select(n => n.Version).ToArray() });

    /// <returns>What was published under the reference's name and version, whatever its hash; null: nothing.</returns>
    public static async Task<RuleSet?> RuleSetNamed(this Tx tx, RuleSetRefV1 reference) =>
        (await tx.RuleSetsNamed([(reference.Name, reference.Version)])).SingleOrDefault()?.RuleSet;

    /// <summary>Two that come at once under one name and version take turns; the second finds the first.</summary>
    /// <returns>What stands there already, locked; null: this one was written.</returns>
    public static async Task<RuleSetRow?> InsertRuleSet(this Tx tx, RuleSetRow row)
    {
        var written = await tx.Execute(
            """
            insert into scoring.rule_set (name, version, hash, edition, body, issued_by, published_at)
            values (@Name, @Version, @Hash, @Edition, @Body, @IssuedBy, @PublishedAt)
            on conflict do nothing
            """,
            row);
        return written == 1 ? null : await tx.QueryOne<RuleSetRow>(
            """
            select name, version, hash, edition, body, issued_by, published_at
            from scoring.rule_set
            where name = @Name and version = @Version
            for update
            """,
            row);
    }

    public static async Task UpdateRuleSet(this Tx tx, RuleSetRow row)
    {
        var written = await tx.Execute(
            """
            update scoring.rule_set
            set edition = @Edition, body = @Body, issued_by = @IssuedBy, published_at = @PublishedAt
            where name = @Name and version = @Version and hash = @Hash and edition = @Edition - 1
            """,
            row);
        Invariant.Holds(written == 1, $"rule set {row.Name} version {row.Version}: {written} rows became edition {row.Edition}");
    }

    /// <summary>Contests that may be held because their rule set did not know a stat look again.</summary>
    public static Task<int> WakeHeldContestsUnder(this Tx tx, RuleSetRow rules, DateTimeOffset now) => tx.Execute(
        """
        update scoring.contest
        set wake_at = @now
        where hold is not null and definition::jsonb #>> '{ruleSet,name}' = @Name
            and definition::jsonb #>> '{ruleSet,version}' = @Version::text
        """,
        new { rules.Name, rules.Version, now });
}
