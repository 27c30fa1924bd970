using System.Net;
using System.Net.Http.Headers;
using Stripe;
using File = System.IO.File;

namespace ContestPipeline.Integration.Stripe;

/// <summary>
/// Every request the client can make, put before two judges that were written by others from Stripe's own description: Stripe's mock server and a
/// form checker. Both refuse unknown parameters and wrong types. They lie in ../shared/stripe beside the checkout; without them the tests are skipped.
/// </summary>
public sealed class RequestShapeTests(RequestJudges judges) : IClassFixture<RequestJudges>
{
    public static TheoryData<string, string> JudgesAndRequests() =>
        new(from judge in RequestJudges.Names from request in Requests.Keys select (judge, request));

    private static Dictionary<string, Func<StripeClient, Task>> Requests { get; } = new()
    {
        ["create a transfer"] = client => client.V1.Transfers.CreateAsync(
            new TransferCreateOptions
            {
                Amount = 1_250, Currency = "usd", Destination = "acct_1", TransferGroup = "contest-1", Description = "Prizes & more",
                SourceTransaction = "ch_1", Metadata = new() { ["payout_id"] = "p 1" }, Expand = ["balance_transaction"],
            },
            new RequestOptions { IdempotencyKey = "k", StripeAccount = "acct_2" }),
        ["get a transfer"] = client => client.V1.Transfers.GetAsync("tr_1", new TransferGetOptions { Expand = ["destination"] }),
        ["list transfers"] = client => client.V1.Transfers.ListAsync(new TransferListOptions
        {
            Created = new DateRangeOptions { GreaterThanOrEqual = DateTime.UnixEpoch.AddYears(50), LessThan = DateTime.UnixEpoch.AddYears(51) },
            Destination = "acct_1", TransferGroup = "contest-1", Limit = 100, StartingAfter = "tr_1",
        }),
        ["list transfers of one moment"] = client => client.V1.Transfers.ListAsync(new TransferListOptions
        {
            Created = (DateTime?)DateTime.UnixEpoch.AddYears(50), EndingBefore = "tr_1",
        }),
        ["reverse a transfer"] = client => client.V1.Transfers.Reversals.CreateAsync(
            "tr_1", new TransferReversalCreateOptions { Amount = 5, Description = "Taken back", Metadata = new() { ["payout_id"] = "p 1" } }),
        ["reverse a transfer wholly"] = client => client.V1.Transfers.Reversals.CreateAsync("tr_1"),
        ["get a reversal"] = client => client.V1.Transfers.Reversals.GetAsync("tr_1", "trr_1"),
        ["list reversals"] = client => client.V1.Transfers.Reversals.ListAsync("tr_1", new TransferReversalListOptions { Limit = 5 }),
        ["create an account"] = client => client.V1.Accounts.CreateAsync(new AccountCreateOptions
        {
            Country = "US", Email = "player@example.com", Metadata = new() { ["player_id"] = "player-1" },
            Capabilities = new() { Transfers = new() { Requested = true } },
            Controller = new()
            {
                Fees = new() { Payer = "application" }, Losses = new() { Payments = "application" }, RequirementCollection = "stripe",
                StripeDashboard = new() { Type = "express" },
            },
        }),
        ["get an account"] = client => client.V1.Accounts.GetAsync("acct_1"),
        ["update an account"] = client => client.V1.Accounts.UpdateAsync(
            "acct_1", new AccountUpdateOptions { Email = "other@example.com", Metadata = new() { ["player_id"] = "player-2" } }),
        ["list accounts"] = client => client.V1.Accounts.ListAsync(new AccountListOptions { Limit = 2, Created = new DateRangeOptions { LessThanOrEqual = DateTime.UnixEpoch.AddYears(50) } }),
        ["get the balance"] = client => client.V1.Balance.GetAsync(),
        ["list movements of the balance"] = client => client.V1.BalanceTransactions.ListAsync(new BalanceTransactionListOptions
        {
            Created = new DateRangeOptions { GreaterThan = DateTime.UnixEpoch.AddYears(50) }, Currency = "usd", Type = "transfer", Source = "tr_1", Limit = 100,
        }),
        ["get an event"] = client => client.V1.Events.GetAsync("evt_1"),
        ["list events"] = client => client.V1.Events.ListAsync(new EventListOptions
        {
            Types = ["account.updated", "transfer.created"], DeliverySuccess = false, EndingBefore = "evt_1", Limit = 100,
            Created = new DateRangeOptions { GreaterThan = DateTime.UnixEpoch.AddYears(50) },
        }),
        ["list events of one type"] = client => client.V1.Events.ListAsync(new EventListOptions { Type = "account.updated" }),
    };

    [Theory]
    [MemberData(nameof(JudgesAndRequests))]
    public async Task A_request_is_accepted_and_its_answer_can_be_read(string judge, string request) =>
        await Requests[request](StripePlatform.NewClient(judges.Url(judge), maxNetworkRetries: 0));

    [Theory]
    [InlineData(RequestJudges.StripeMock)]
    [InlineData(RequestJudges.FormCheck)]
    public async Task A_judge_does_refuse_what_Stripe_does_not_know(string judge)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_1");
        var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["currency"] = "usd", ["destination"] = "acct_1", ["colour"] = "red" });

        var answer = await http.PostAsync($"{judges.Url(judge)}/v1/transfers", form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}

/// <summary>The two judges as processes of their own, where they are present.</summary>
public sealed class RequestJudges : IAsyncLifetime
{
    public const string StripeMock = "stripe-mock";
    public const string FormCheck = "form_check";

    private readonly Dictionary<string, string> urls = [];
    private readonly Dictionary<string, string> absent = [];
    private readonly List<ChildProcess> processes = [];
    private DirectoryInfo? copy;

    public static IReadOnlyList<string> Names { get; } = [StripeMock, FormCheck];

    /// <summary>The address of a judge; the calling test is skipped when there is none.</summary>
    public string Url(string judge)
    {
        Assert.SkipUnless(urls.ContainsKey(judge), $"{judge} is not here: {absent.GetValueOrDefault(judge)}");
        return urls[judge];
    }

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } reference)
        {
            foreach (var name in Names) absent[name] = "there is no folder shared/stripe beside the checkout";
            return;
        }

        await StartMock(reference);
        await StartFormCheck(reference);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var process in processes) process.Dispose();
        copy?.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task StartMock(string reference)
    {
        var program = Path.Combine(reference, "stripe-mock");
        if (!File.Exists(program))
        {
            absent[StripeMock] = "the program is missing";
            return;
        }

        var port = ChildProcess.FreePort();
        var process = new ChildProcess(program, ["-http-addr", $"127.0.0.1:{port}", "-https-addr", "127.0.0.1:0"]);
        processes.Add(process);
        await process.LineAfter("Listening for HTTP at address");
        urls[StripeMock] = $"http://127.0.0.1:{port}";
    }

    /// <summary>Copied first: its packages are installed beside it.</summary>
    private async Task StartFormCheck(string reference)
    {
        copy = Directory.CreateTempSubdirectory("stripe-check-");
        var check = copy.CreateSubdirectory("check");
        foreach (var file in Directory.GetFiles(Path.Combine(reference, "check"))) File.Copy(file, Path.Combine(check.FullName, Path.GetFileName(file)));
        File.Copy(Path.Combine(reference, "fixtures3.json"), Path.Combine(copy.FullName, "fixtures3.json"));
        try
        {
            using var install = new ChildProcess("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund"], check.FullName);
            if (await install.ExitCode() != 0)
            {
                absent[FormCheck] = "npm ci could not install its packages";
                return;
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            absent[FormCheck] = "npm is not installed";
            return;
        }

        var port = ChildProcess.FreePort();
        var process = new ChildProcess("node", ["form_check.js", Path.Combine(reference, "stripe-spec-reduced.json"), $"{port}"], check.FullName);
        processes.Add(process);
        await process.LineAfter("up");
        urls[FormCheck] = $"http://127.0.0.1:{port}";
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var reference = Path.Combine(folder.FullName, "shared", "stripe");
            if (Directory.Exists(reference)) return reference;
        }

        return null;
    }
}
