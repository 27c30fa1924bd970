using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>Wallets and challenges of that world.</summary>
public sealed partial class ConsoleWorld
{
    /// <summary>A wallet with a deposit that was paid, one that is open, winnings and a withdrawal.</summary>
    public async Task GivenWallet(string playerId)
    {
        var world = Api.Payouts;
        var wallet = new WalletKey(playerId, "usd");
        await world.Database.Run(async tx =>
        {
            await tx.LockWallets([wallet]);
            var paid = new Deposit(
                Deposit.IdOf(playerId, "first"), playerId, "first", 50_00, 1_00, "usd", DepositState.RequiresPayment, null, 1,
                $"pi_{playerId}", "succeeded", null, null, null, 0, false, false, tx.NowStored());
            await tx.InsertDeposit(paid);
            await tx.InsertDeposit(paid with { DepositId = Deposit.IdOf(playerId, "second"), RequestId = "second" });
            await tx.ApplyReading(paid, new PaymentFacts(
                $"pi_{playerId}", "succeeded", 50_00, 50_00, "usd", null, null, $"ch_{playerId}", null, null, null, null, null)
            {
                DepositId = paid.DepositId, ChargedAt = tx.NowStored(),
            });
            await tx.InsertLots([new NewLot($"won/{playerId}", wallet, LotSources.Winnings, "c-won/1", 20_00)]);
            await tx.Post([new LedgerLine(
                $"won/{playerId}", LedgerAccounts.HouseOverlay, LedgerAccounts.Wallet(playerId), "usd", 20_00, "prize-credit",
                "won", "c-won", 1)]);
        }, default);
        await world.Database.Run(tx => tx.Withdraw(playerId, new WithdrawalRequest("out", 15_00, "usd")), default);
    }

    /// <summary>A challenge of which one proof is decided and one is not.</summary>
    public async Task GivenProofs(string contestId)
    {
        await Api.Payouts.Scalar<int>(
            $$"""
            insert into scoring.contest (contest_id, definition, definition_hash, state, lifecycle_version, last_step_at, entry_count,
                last_acceptance_no, last_change_no)
            values ('{{contestId}}', '{}', 'h', 'LIVE', 1, now(), 1, 1, 0);
            insert into scoring.entry (contest_id, entry_id, acceptance_no, player_id, version, athlete_ids, accepted_at, withdrawn)
            values ('{{contestId}}', 'e1', 1, 'runner', 1, '', now(), false);
            insert into scoring.proof (contest_id, entry_id, proof_no, version, player_id, content, content_hash, submitted_at, approvals,
                rejections, decision_no, outcome, decided_by, decided_at)
            values ('{{contestId}}', 'e1', 1, 1, 'runner', '{"text":"ran <ten> miles"}', 'h', now(), 3, 1, 1, 'passed', 'votes', now()),
                ('{{contestId}}', 'e1', 2, 2, 'runner', '{"text":"ran again"}', 'h', now(), 0, 1, 0, null, null, null);
            select 1
            """);
    }

    /// <summary>To such a challenge, proofs that were handed in later by another, all at one moment.</summary>
    public Task GivenMoreProofs(string contestId, int count) => Api.Payouts.Scalar<int>(
        $$"""
        insert into scoring.entry (contest_id, entry_id, acceptance_no, player_id, version, athlete_ids, accepted_at, withdrawn)
        values ('{{contestId}}', 'e2', 2, 'walker', 1, '', now(), false);
        insert into scoring.proof (contest_id, entry_id, proof_no, version, player_id, content, content_hash, submitted_at, approvals,
            rejections, decision_no, outcome, decided_by, decided_at)
        select '{{contestId}}', 'e2', n, 1, 'walker', '{"text":"walk ' || n || '"}', 'h', now() + interval '1 minute', 0, 0, 0, null, null, null
        from generate_series(1, {{count}}) n;
        select 1
        """);

    /// <summary>Of such a challenge the decided proof is long, was voted on, and the referee has decided otherwise.</summary>
    public Task GivenRuling(string contestId, string end) => Api.Payouts.Scalar<int>(
        $$"""
        update scoring.proof
        set content = '{"text":"' || repeat('word ', 700) || '{{end}}"}', decision_no = 2, outcome = 'failed', decided_by = 'referee',
            referee_id = 'rita', referee_reason = 'a <stock> photo'
        where contest_id = '{{contestId}}' and proof_no = 1;
        insert into scoring.vote (contest_id, entry_id, proof_no, voter_id, version, approve, at)
        values ('{{contestId}}', 'e1', 1, 'abel', 1, true, '2026-09-13T17:00:01Z'), ('{{contestId}}', 'e1', 1, 'bert', 2, false, '2026-09-13T17:00:02Z');
        select 1
        """);

    /// <summary>A wallet into which so many deposits were paid, each of them a lot, at one moment.</summary>
    public Task GivenDeposits(string playerId, int count) => Api.Payouts.Database.Run(async tx =>
    {
        await tx.LockWallets([new WalletKey(playerId, "usd")]);
        for (var n = 1; n <= count; n++)
        {
            var request = n.ToString("d3", CultureInfo.InvariantCulture);
            var paid = new Deposit(
                Deposit.IdOf(playerId, request), playerId, request, 10_00, 1_00, "usd", DepositState.RequiresPayment, null, 1,
                $"pi_{playerId}_{request}", "succeeded", null, null, null, 0, false, false, tx.NowStored());
            await tx.InsertDeposit(paid);
            await tx.ApplyReading(paid, new PaymentFacts(
                paid.IntentId!, "succeeded", 10_00, 10_00, "usd", null, null, $"ch_{playerId}_{request}", null, null, null, null,
                null)
            {
                DepositId = paid.DepositId, ChargedAt = tx.NowStored(),
            });
        }
    }, default);

    /// <summary>Payout's database is said to have gone back, until this is ended.</summary>
    public Task GivenRecovery() => Api.Payouts.Scalar<int>(
        """
        insert into payout.recovery (state, cause, lost_since, stopped_at) values ('stopped', 'restored', now(), now());
        select 1
        """);

    public Task EndRecovery() => Api.Payouts.Scalar<int>(
        "update payout.recovery set state = 'ended', ended_at = now() where state <> 'ended'; select 1");

    /// <summary>All that a list of a page names, from its first page to its last.</summary>
    /// <param name="next">The words of the link to the next page, a regular expression.</param>
    /// <param name="named">What the list names, likewise, in its first group.</param>
    /// <returns>Page by page.</returns>
    public static async Task<IReadOnlyList<IReadOnlyList<string>>> Pages(
        HttpClient browser, string path, string next, string named)
    {
        var pages = new List<IReadOnlyList<string>>();
        for (var at = path; at.Length > 0;)
        {
            var page = WebUtility.HtmlDecode(await browser.GetStringAsync(at));
            pages.Add([.. Regex.Matches(page, named).Select(m => m.Groups[1].Value)]);
            at = Regex.Match(page, $"<a rel=\"next\" href=\"([^\"]+)\">{next}</a>").Groups[1].Value;
            Assert.True(pages.Count < 100, "a list without an end");
        }

        return pages;
    }
}
