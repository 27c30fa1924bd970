namespace ContestPipeline.StripeSimulator.Core;

/// <summary>What is done with a request that gets an answer of the table, and what its answer looks like.</summary>
public enum AnswerShape
{
    /// <summary>Nothing is executed; an error, which no idempotency key keeps.</summary>
    Refused,

    /// <summary>Refused in execution: nothing moves, and the idempotency key keeps the error.</summary>
    RefusedForGood,

    /// <summary>Nothing is executed; a page of a proxy before Stripe, no JSON.</summary>
    ProxyPage,

    /// <summary>Executed, and then a page of a proxy instead of the answer.</summary>
    ProxyPageAfter,

    /// <summary>Executed, and a 200 whose body is a page of a proxy.</summary>
    NoObject,

    /// <summary>Executed, and a 200 whose body is an object without anything in it.</summary>
    EmptyObject,

    /// <summary>A whole list in which nothing is.</summary>
    EmptyPage,

    /// <summary>The first object alone, and that more follow; the pages after it are whole.</summary>
    ShortPage,

    /// <summary>A page that does not say whether more follow.</summary>
    CutPage,

    /// <summary>A whole list in which is not yet what was made within the last minute.</summary>
    LatePage,

    /// <summary>The object, or each of the list, with metadata that somebody else has written.</summary>
    Edited,
}

/// <summary>One way in which Stripe may answer, whatever the request says.</summary>
/// <param name="Name">Also the kind of a fault that is ordered.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">Stripe's error type; null where there is no error of Stripe's.</param>
/// <param name="Code">Stripe's error code; null where it gives none.</param>
/// <param name="Parameter">The parameter at fault; null: none is named.</param>
/// <param name="On">Where it may come: a name, what a name ends with (<c>*.list</c>), or <c>*</c>.</param>
public sealed record TableAnswer(
    string Name, int Status, string? Type, string? Code, string? Parameter, AnswerShape Shape, IReadOnlyList<string> On)
{
    /// <returns>True when that operation may be answered so.</returns>
    public bool MayCome(string endpoint) =>
        On.Any(on => on == "*" || on == endpoint
            || on.StartsWith("*.", StringComparison.Ordinal) && endpoint.EndsWith(on[1..], StringComparison.Ordinal));
}

/// <summary>
/// Every answer that Stripe's documents know for the operations that Payout asks for: statuses, types and codes of errors, and
/// whole answers that are not what they seem. Sources: docs.stripe.com/api/errors, docs.stripe.com/error-codes,
/// docs.stripe.com/error-low-level, docs.stripe.com/rate-limits.
/// </summary>
public static class AnswerTable
{
    /// <summary>How much of what was made last a late list does not show.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    private const string Rows =
        """
        400                    400 invalid_request_error parameter_invalid_empty - Refused *
        400-no-code            400 invalid_request_error - - Refused *
        400-no-code-saved      400 invalid_request_error - - RefusedForGood *.create *.cancel
        400-livemode           400 invalid_request_error livemode_mismatch - Refused *
        400-platform           400 invalid_request_error platform_account_required - Refused *
        400-key-reused         400 idempotency_error - - Refused *.create *.cancel
        401                    401 invalid_request_error - - Refused *
        401-expired            401 invalid_request_error api_key_expired - Refused *
        402                    402 invalid_request_error - - Refused *
        402-blocked            402 invalid_request_error request_blocked - Refused *
        403                    403 invalid_request_error - - Refused *
        403-account            403 invalid_request_error account_invalid - Refused *
        403-action             403 invalid_request_error action_blocked - Refused *
        404                    404 invalid_request_error resource_missing id Refused *
        404-no-code            404 invalid_request_error - - Refused *
        409-no-code            409 invalid_request_error - - Refused *
        424                    424 api_error - - Refused *
        429-no-code            429 invalid_request_error - - Refused *
        500-api                500 api_error - - Refused *
        502                    502 - - - ProxyPage *
        502-after              502 - - - ProxyPageAfter *.create *.cancel
        503                    503 - - - ProxyPage *
        504-after              504 - - - ProxyPageAfter *
        200-no-object          200 - - - NoObject *
        200-empty-object       200 - - - EmptyObject *
        page-empty             200 - - - EmptyPage *.list
        page-short             200 - - - ShortPage *.list
        page-cut               200 - - - CutPage *.list
        page-late              200 - - - LatePage *.list
        edited                 200 - - - Edited transfers.list transfers.get reversals.list accounts.list accounts.get payment_intents.list payment_intents.get refunds.list charges.list
        transfer-funds         400 invalid_request_error balance_insufficient - RefusedForGood transfers.create refunds.create reversals.create
        transfer-capability    400 invalid_request_error insufficient_capabilities_for_transfer - RefusedForGood transfers.create
        transfer-inactive      400 invalid_request_error capability_not_active - RefusedForGood transfers.create
        transfer-not-allowed   400 invalid_request_error transfers_not_allowed - RefusedForGood transfers.create
        transfer-moved         400 invalid_request_error resource_missing destination Refused transfers.create
        transfer-no-account    400 invalid_request_error no_account - RefusedForGood transfers.create
        transfer-odd-money     400 invalid_request_error anomalous_money_movement_request - RefusedForGood transfers.create reversals.create
        transfer-approval      400 invalid_request_error approval_required - RefusedForGood transfers.create refunds.create
        transfer-source        400 invalid_request_error transfer_source_balance_parameters_mismatch - RefusedForGood transfers.create
        account-closed         400 invalid_request_error account_closed - Refused transfers.create reversals.create account_links.create login_links.create accounts.get balance.get payouts.get
        account-token          400 invalid_request_error account_token_required_for_v2_account - Refused accounts.create
        account-country        400 invalid_request_error country_unsupported country Refused accounts.create
        amount-small           400 invalid_request_error amount_too_small amount Refused transfers.create payment_intents.create refunds.create
        amount-large           400 invalid_request_error amount_too_large amount Refused transfers.create payment_intents.create refunds.create
        refund-again           400 invalid_request_error charge_already_refunded - RefusedForGood refunds.create
        refund-disputed        400 invalid_request_error charge_disputed - RefusedForGood refunds.create
        intent-state           400 invalid_request_error payment_intent_unexpected_state - RefusedForGood payment_intents.cancel
        intent-card            402 card_error card_declined - RefusedForGood payment_intents.create
        """;

    /// <summary>The operations that Payout asks for.</summary>
    public static IReadOnlyList<string> Endpoints { get; } =
    [
        "account.get", "account_links.create", "accounts.create", "accounts.get", "accounts.list", "balance.get",
        "balance_transactions.list", "charges.list", "disputes.get", "disputes.list", "events.list", "login_links.create",
        "payment_intents.cancel", "payment_intents.create", "payment_intents.get", "payment_intents.list", "payouts.get",
        "refunds.create", "refunds.list", "reversals.create", "reversals.list", "transfers.create", "transfers.get",
        "transfers.list",
    ];

    /// <summary>In the order in which they are written down.</summary>
    public static IReadOnlyList<TableAnswer> All { get; } =
        [.. Rows.Split('\n').Select(row => Read(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];

    /// <returns>What that operation may be answered, beside what it is asked for.</returns>
    public static IReadOnlyList<TableAnswer> Of(string endpoint) => [.. All.Where(answer => answer.MayCome(endpoint))];

    /// <returns>Null when no answer has that name.</returns>
    public static TableAnswer? Find(string? name) => All.FirstOrDefault(answer => answer.Name == name);

    private static TableAnswer Read(string[] cells) => new(
        cells[0], int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture), Cell(cells[2]), Cell(cells[3]),
        Cell(cells[4]), Enum.Parse<AnswerShape>(cells[5]), cells[6..]);

    private static string? Cell(string text) => text == "-" ? null : text;
}
