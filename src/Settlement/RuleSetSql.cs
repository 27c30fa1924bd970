using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>SQL over the copy of published rule sets.</summary>
internal static class RuleSetSql
{
    /// <returns>The hash of the one that is kept under the name and version.</returns>
    public static async Task<string> AddRuleSet(this Tx tx, RulesPublishedV1 published)
    {
        var row = new { published.RuleSet.Name, published.RuleSet.Version, published.Hash,
            body = Encoding.UTF8.GetString(WireJson.Bytes(published.RuleSet)) };
        await tx.Execute(
            "insert into settlement.rule_set (name, version, hash, body) values (@Name, @Version, @Hash, @body) "
                + "on conflict do nothing", row);
        return await tx.QueryOne<string>(
            "select hash from settlement.rule_set where name = @Name and version = @Version", row)
                ?? throw new InvariantException($"rule set {published.RecordKey} is not kept");
    }

    /// <returns>What is kept under the reference's name and version, whatever its hash; null: nothing.</returns>
    public static async Task<RuleSet?> RuleSetNamed(this Tx tx, RuleSetRefV1 reference) =>
        await tx.QueryOne<string>(
            "select body from settlement.rule_set where name = @Name and version = @Version", reference) is { } body
            ? SettlementSql.Read<RuleSet>(body) : null;
}
