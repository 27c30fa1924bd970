using System.Text.RegularExpressions;
using ContestPipeline.StripeSimulator.Core;
using ContestPipeline.Unit.Tidy;

namespace ContestPipeline.Unit.Payout.Answers;

/// <summary>
/// Whatever Stripe's documents know as an answer is given at every operation where it may come, and Payout goes on as it has to.
/// </summary>
public sealed partial class EveryAnswerTests
{
    /// <summary>Stripe has not said what became of it, or did not take it up: nothing is concluded, whatever was asked.</summary>
    private static readonly HashSet<string> s_saysNothing =
    [
        "400-livemode", "401", "401-expired", "403", "409-no-code", "424", "429-no-code", "500-api", "502", "502-after", "503",
        "504-after", "200-no-object", "200-empty-object",
    ];

    /// <summary>The account cannot be paid now.</summary>
    private static readonly HashSet<string> s_account =
    [
        "403-account", "transfer-capability", "transfer-inactive", "transfer-not-allowed", "transfer-moved",
        "transfer-no-account", "account-closed",
    ];

    /// <summary>
    /// What Stripe answers of an account that is not the platform's any more; whatever else refuses to show one is asked again.
    /// </summary>
    private static readonly HashSet<string> s_accountIsGone = ["403-account", "404", "account-closed"];

    private static readonly HashSet<string> s_lookUps = ["transfers.list", "refunds.list", "payment_intents.list",
        "payment_intents.get", "accounts.list", "reversals.list"];

    /// <summary>
    /// Of the key that they come to a person is told, and the reading ends; the others are asked again at once.
    /// </summary>
    private static readonly HashSet<string> s_ofTheKey = ["400-livemode", "401", "401-expired", "403"];

    private static readonly HashSet<string> s_compared = ["balance_transactions.list", "charges.list", "disputes.list"];

    /// <summary>
    /// An intent or an account that is not recognised is one that nobody pays or is paid to; whether an intent is cancelled does
    /// not stand in its metadata.
    /// </summary>
    private static readonly HashSet<string> s_harmlessWhenEdited = ["payment_intents.list", "payment_intents.get",
        "accounts.list"];

    public static TheoryData<string> Endpoints => [.. AnswerTable.Endpoints];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Every_answer_that_an_operation_may_get_is_told_apart(string endpoint)
    {
        var wrong = new List<string>();
        foreach (var answer in AnswerTable.Of(endpoint))
        {
            using var stripe = new AskedStripe(endpoint, answer);
            var came = await AskEndpoint.Of(endpoint, stripe);
            if (!stripe.IsPlayed) wrong.Add($"{answer.Name} was not played");
            if (came != Expected(endpoint, answer)) wrong.Add($"{answer.Name}: {came}, expected: {Expected(endpoint, answer)}");
        }

        Assert.Empty(wrong);
    }

    /// <summary>
    /// Refusals, cut pages, proxies' pages and edited objects are none of them a reason to send money a second time.
    /// </summary>
    [Fact]
    public void Nothing_is_absent_but_what_a_whole_list_does_not_hold()
    {
        var absent = from endpoint in AnswerTable.Endpoints
                     from answer in AnswerTable.Of(endpoint)
                     where Expected(endpoint, answer) == Came.Absent
                     select answer;

        Assert.All(absent,
            answer => Assert.True(
                answer is { Status: 200, Shape: AnswerShape.EmptyPage or AnswerShape.LatePage or AnswerShape.Edited },
                answer.Name));
    }

    [Fact]
    public void The_table_has_every_operation_that_Payout_asks_for()
    {
        var asked = Source.Files("src/Payout", ".cs").SelectMany(file => Service().Matches(Source.Read(file)))
            .Select(match => match.Groups[1].Value).Distinct();
        var known = AnswerTable.Endpoints.Select(endpoint => endpoint.Split('.')[0]).ToHashSet(StringComparer.Ordinal);

        Assert.All(asked, service => Assert.Contains(NameOf(service), known));
        Assert.All(AnswerTable.Endpoints, endpoint => Assert.Contains(endpoint, Routes.EndpointNames));
        Assert.Equal(
            AnswerTable.All.Count, AnswerTable.All.Select(answer => answer.Name).Distinct(StringComparer.Ordinal).Count());
    }

    private static string Expected(string endpoint, TableAnswer answer)
    {
        if (s_compared.Contains(endpoint)) return answer.Status == 200 || IsPassing(answer) ? Came.Done : Came.Again;
        if (s_saysNothing.Contains(answer.Name) || endpoint == "account.get" && answer.Status != 200) return Came.Again;
        if (endpoint == "accounts.get" && answer.Status != 200 && !s_accountIsGone.Contains(answer.Name)) return Came.Again;
        if (answer.Shape == AnswerShape.CutPage) return Came.Again;
        if (s_lookUps.Contains(endpoint)) return OfLookUp(endpoint, answer);
        if (answer.Status == 200) return Came.Done;
        if (answer.Type == "idempotency_error") return Came.Held;
        if (endpoint == "transfers.create" && answer.Code == "balance_insufficient") return Came.WaitsForFunds;
        if (endpoint is "transfers.create" && s_account.Contains(answer.Name)) return Came.WaitsForAccount;
        return Came.Refused;
    }

    /// <summary>What Stripe refuses to show may be there.</summary>
    private static string OfLookUp(string endpoint, TableAnswer answer) => answer.Shape switch
    {
        // Transfers are listed twice, by group and by account: one list that is late is not both.
        AnswerShape.EmptyPage or AnswerShape.LatePage => endpoint == "transfers.list" ? Came.Done : Came.Absent,
        AnswerShape.ShortPage => Came.Done,
        AnswerShape.Edited => s_harmlessWhenEdited.Contains(endpoint) ? Came.Absent : Came.Held,
        _ => Came.Again,
    };

    private static bool IsPassing(TableAnswer answer) => s_saysNothing.Contains(answer.Name) && !s_ofTheKey.Contains(answer.Name);

    /// <returns>As the operations of the table are called.</returns>
    private static string NameOf(string service) => service switch
    {
        "TransferReversal" => "reversals",
        "Balance" => "balance",
        _ => $"{Capital().Replace(service, m => m.Index == 0 ? m.Value.ToLowerInvariant() : $"_{m.Value.ToLowerInvariant()}")}s",
    };

    [GeneratedRegex(@"new (?:global::Stripe\.)?([A-Z][A-Za-z]+)Service\((?:client|stripe|this\.reading)\)")]
    private static partial Regex Service();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
