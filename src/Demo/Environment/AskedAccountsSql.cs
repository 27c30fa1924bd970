using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Requests;
using Dapper;
using Npgsql;

namespace ContestPipeline.Demo;

/// <summary>
/// Writes, as the owner of the database, what Payout wrote when it asked for the accounts that players have when a story begins:
/// the request, and what it made. Payout uses no account that it has not asked for.
/// </summary>
public static class AskedAccountsSql
{
    /// <summary>The request is on its way: Payout leaves it to whoever makes the account.</summary>
    public static async Task AskForAccount(
        this NpgsqlDataSource database, string playerId, DateTimeOffset now, CancellationToken ct)
    {
        var call = CallFor(playerId);
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into payout.stripe_call (key, kind, subject, body, body_hash, state, created_at, due_at, first_used_at)
            values (@Key, @Kind, @Subject, @Body, @hash, 'open', @now, 'infinity', @now)
            """,
            new { call.Key, call.Kind, call.Subject, call.Body, hash = OpenCall.HashOf(call.Body), now }, cancellationToken: ct));
    }

    /// <summary>The request made this account, which Payout reads next.</summary>
    public static async Task AccountMade(
        this NpgsqlDataSource database, string playerId, string accountId, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update payout.stripe_call set state = 'done', last_answer = 'answered', object_id = @accountId, due_at = null,
                closed_at = @now where key = @Key;

            insert into payout.stripe_account (account_id, player_id, transfers, stale, hinted_at, hints, first_seen_at, made_by)
            values (@accountId, @playerId, 'unread', true, @now, 1, @now, @Key);
            """,
            new { CallFor(playerId).Key, accountId, playerId, now }, transaction, cancellationToken: ct));
        await transaction.CommitAsync(ct);
    }

    private static StripeCall CallFor(string playerId) =>
        new($"account/{playerId}/before", AccountCreation.KindName, playerId, new AccountToMake(playerId, "US"));
}
