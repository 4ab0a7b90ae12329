package wechat

import (
	"cmp"
	"slices"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// ErrCode is what is known about one errcode of the platform.
type ErrCode struct {
	Code    int
	Class   provider.Class
	Meaning lang.Text
	Remedy  lang.Text
	// Source is the section of the reference: "10.2" of the catalog reference,
	// "trade 8.6" of the access and trade reference; then D documented, O
	// observed, I inferred, G from WeChat's general list.
	Source string
}

// Lookup finds what is known about a code.
func Lookup(code int) (ErrCode, bool) {
	i, ok := slices.BinarySearchFunc(errcodes, code, func(e ErrCode, code int) int { return cmp.Compare(e.Code, code) })
	if !ok {
		return ErrCode{}, false
	}
	return errcodes[i], true
}

// Remedies that several codes share.
var (
	runAgain      = lang.T("Wait a moment and run the command again.", "稍等片刻后重新运行。")
	readAgain     = lang.T("Read the object again and plan anew; the next run does so by itself.", "重新读取该对象并重新计划；下次运行时会自动进行。")
	fixRequest    = lang.T("Compare the request with the documented members; the rid shows what the platform received.", "请对照文档检查请求参数；可用 rid 查看平台实际收到的内容。")
	checkSecret   = lang.T("Check the appid in the shop block and WECHAT_APPSECRET; the secret may have been reset in the console.", "请检查 shop 块中的 appid 与 WECHAT_APPSECRET；密钥可能已在后台重置。")
	tokenServer   = lang.T("Happens when a second program fetches tokens with /cgi-bin/token; use one token server, or leave it to stable_token. If it stays, check the app secret.", "通常是另一个程序在用 /cgi-bin/token 刷新 token；请使用统一的 token 服务器，或交给 stable_token。若持续出现，请检查 AppSecret。")
	console       = lang.T("Sign in to the Mini Program console (mp.weixin.qq.com) and follow its notice.", "请登录小程序后台（mp.weixin.qq.com）按提示处理。")
	reauthorise   = lang.T("The merchant's administrator must authorise the third-party platform again, including permission set 85.", "请商家管理员重新授权给第三方平台，并包含权限集 85。")
	addIP         = lang.T("Add the address in the message to the IP allow-list in the console.", "请在后台把提示中的 IP 加入白名单。")
	askAdmin      = lang.T("Ask the account's administrator to confirm the call in WeChat.", "请账号管理员在微信中确认此次调用。")
	refreshTree   = lang.T("Refresh the category list (shopctl category) and choose a leaf from it.", "请刷新类目列表（shopctl category），并从中选择三级类目。")
	checkPicture  = lang.T("Open the picture yourself; use a JPEG or PNG file of at most 2 MB.", "请自行打开图片检查；使用不超过 2 MB 的 JPEG 或 PNG 文件。")
	notOurs       = lang.T("Not a catalog call: look at the program that handles orders.", "这不是商品类接口：请检查处理订单的程序。")
	notAfterSales = lang.T("Not a catalog call: look at the program that handles after-sales.", "这不是商品类接口：请检查处理售后的程序。")
)

// errcodes is the table of the references, sorted by code: sections 2.3 and 10.1
// to 10.7 of the catalog reference and sections 8.6 and 15 of the access and trade
// reference. Where the catalog reference says only "fix, show errmsg", so do we.
var errcodes = slices.Concat(generalCodes, thirdPartyCodes, laterGeneralCodes, productCodes, orderCodes, accountCodes, afterSaleCodes, standardCodes)

// generalCodes are those of the whole of WeChat below the third-party platforms'.
var generalCodes = []ErrCode{
	{-2, provider.ClassRetry,
		lang.T("Called \"token too long\" or \"parameter error\"; in practice it passes on another try.", "文档称“token 太长”或“参数错误”；实际多为偶发，重试可过。"),
		lang.T("Run again; if it stays, check the ids in the request.", "请重试；若持续出现，请检查请求中的 id。"), "10.1 DO"},
	{-1, provider.ClassRetry,
		lang.T("The platform is busy; nothing was done.", "系统繁忙，操作未执行。"), runAgain, "2.3, 10.1 D"},
	{40001, provider.ClassAuth,
		lang.T("The app secret is wrong, or the access token is not the latest.", "AppSecret 错误，或 access_token 不是最新的。"), tokenServer, "2.3 D"},
	{40002, provider.ClassFix,
		lang.T("The grant type of the token request is wrong.", "获取 token 的 grant_type 不正确。"),
		lang.T("The token request must say client_credential.", "grant_type 应为 client_credential。"), "2.3 G"},
	{40013, provider.ClassFix,
		lang.T("The appid is not valid.", "appid 无效。"), checkSecret, "2.3 D"},
	{40014, provider.ClassAuth,
		lang.T("The access token is malformed or not valid.", "access_token 不合法。"), tokenServer, "2.3 G"},
	{40066, provider.ClassFix,
		lang.T("The platform has no such URL.", "URL 不存在。"),
		lang.T("Check --endpoint. The component's interfaces may have been switched off.", "请检查 --endpoint；自定义交易组件的接口可能已下线。"), "10.1 D"},
	{40125, provider.ClassFix,
		lang.T("The app secret is not valid.", "AppSecret 无效。"), checkSecret, "2.3 G"},
	{40164, provider.ClassPermission,
		lang.T("This machine's address is not in the account's IP allow-list.", "调用方 IP 不在白名单中。"), addIP, "2.3 G"},
	{40243, provider.ClassPermission,
		lang.T("The app secret is frozen.", "AppSecret 已被冻结。"),
		lang.T("Unfreeze it in the Mini Program console.", "请在小程序后台解冻 AppSecret。"), "2.3 G"},
	{41001, provider.ClassFix,
		lang.T("The access token is missing.", "缺少 access_token。"),
		lang.T("A proxy may strip the query of the URL; check --endpoint.", "可能是代理去掉了 URL 参数；请检查 --endpoint。"), "2.3 D"},
	{41002, provider.ClassFix,
		lang.T("The appid is missing.", "缺少 appid。"), checkSecret, "2.3 D"},
	{41004, provider.ClassFix,
		lang.T("The app secret is missing.", "缺少 AppSecret。"), checkSecret, "2.3 G"},
	{42001, provider.ClassAuth,
		lang.T("The access token has expired.", "access_token 已过期。"), tokenServer, "2.3 D"},
	{43002, provider.ClassFix,
		lang.T("The call must be a POST.", "该接口必须使用 POST。"),
		lang.T("A redirect or proxy may have turned it into a GET; check --endpoint.", "可能被重定向或代理改成了 GET；请检查 --endpoint。"), "2.3, 10.1 D"},
	{44002, provider.ClassFix,
		lang.T("The body of the request arrived empty.", "请求体为空。"),
		lang.T("A proxy may drop it; check --endpoint.", "可能被代理丢弃；请检查 --endpoint。"), "10.1 O"},
	{45002, provider.ClassFix,
		lang.T("The content is too long.", "内容超过长度限制。"),
		lang.T("Shorten the longest text of the object.", "请缩短该对象中最长的文本。"), "2.3 D"},
	{45009, provider.ClassLater,
		lang.T("The daily quota of this interface is used up.", "该接口当日调用额度已用完。"),
		lang.T("Go on after midnight Beijing time, or reset the quota in the console (a few times a month).", "请在北京时间零点后继续，或在后台重置调用额度（每月次数有限）。"), "2.3, 10.1 D"},
	{45011, provider.ClassLater,
		lang.T("Too many calls of this interface in one minute.", "该接口一分钟内调用过于频繁。"),
		lang.T("Go on in the next minute; lower --parallelism if it happens often.", "请在下一分钟继续；若经常出现，请调低 --parallelism。"), "2.3, 10.1 D"},
	{47001, provider.ClassFix,
		lang.T("The body is not valid JSON, or a member has the wrong type.", "请求体不是合法 JSON，或字段类型错误。"), fixRequest, "10.1 DO"},
	{48001, provider.ClassPermission,
		lang.T("The account may not use this interface.", "没有该接口的调用权限。"),
		lang.T("Open the trading component for this Mini Program. A new permission takes up to 10 minutes to work. A third-party platform needs permission set 85.", "请先为该小程序开通交易组件；新权限最多 10 分钟后生效；第三方平台需要权限集 85。"), "2.3, 10.1 D"},
	{48004, provider.ClassPermission,
		lang.T("The interface is blocked for this account because of irregularities.", "该接口因账号违规被封禁。"), console, "2.3 D"},
	{48006, provider.ClassLater,
		lang.T("The quota was reset too often this month.", "本月重置调用额度的次数已用完。"),
		lang.T("Wait for the daily quota to renew at midnight Beijing time.", "请等待北京时间零点额度恢复。"), "2.5 D"},
	{50002, provider.ClassPermission,
		lang.T("The account is restricted.", "账号受限。"), console, "2.3 G"},
	{50007, provider.ClassPermission,
		lang.T("The account is frozen.", "账号已被冻结。"), console, "2.3 G"},
}

// laterGeneralCodes are those of the whole of WeChat above the third-party
// platforms', and the component's 990xxx.
var laterGeneralCodes = []ErrCode{
	{76021, provider.ClassFix,
		lang.T("The quota query names an interface that does not exist.", "查询额度的接口路径不存在。"),
		lang.T("Give a path such as /shop/spu/add.", "请给出形如 /shop/spu/add 的路径。"), "2.5 D"},
	{76022, provider.ClassPermission,
		lang.T("The quota of this interface may not be queried by this account.", "没有查询该接口额度的权限。"), console, "2.5 D"},
	{87014, provider.ClassFix,
		lang.T("A text or picture was found illegal.", "内容含有违法违规信息。"),
		lang.T("Change the text or picture that the platform objects to.", "请修改被平台拦截的文字或图片。"), "10.1 D"},
	{89503, provider.ClassPermission,
		lang.T("The call from this address waits for the administrator's confirmation.", "此 IP 的调用需要管理员确认。"), askAdmin, "2.3 G"},
	{89506, provider.ClassPermission,
		lang.T("The administrator refused calls from this address for 24 hours.", "管理员已拒绝此 IP 的调用，24 小时内不可用。"), askAdmin, "2.3 G"},
	{89507, provider.ClassPermission,
		lang.T("The administrator refused calls from this address for one hour.", "管理员已拒绝此 IP 的调用，1 小时内不可用。"), askAdmin, "2.3 G"},
	{100003, provider.ClassFix,
		lang.T("The product belongs to a promotion plan (CPS) and cannot be changed here.", "该商品是推广（CPS）商品，不能在此修改。"), console, "10.6 O"},
	{101001, provider.ClassFix,
		lang.T("The file format is not supported.", "文件格式不支持。"), checkPicture, "10.6 O"},
	{209001, provider.ClassFix,
		lang.T("Seen on the standard component only; its meaning is not documented.", "仅在标准版交易组件出现过，含义无文档说明。"), fixRequest, "10.6 O"},
	{300000, provider.ClassRetry,
		lang.T("Too many calls at once.", "瞬时调用频率过高。"),
		lang.T("shopctl slows down by itself; lower --parallelism if it happens often.", "shopctl 会自动减速；若经常出现，请调低 --parallelism。"), "10.1 D"},
	{990001, provider.ClassFix,
		lang.T("The openid is not valid.", "openid 不合法。"), notOurs, "10.1 D"},
	{990002, provider.ClassFix,
		lang.T("The openid is not valid.", "openid 不合法。"), notOurs, "10.1 D"},
	{990004, provider.ClassFix,
		lang.T("The openid is missing.", "缺少 openid。"), notOurs, "10.1 D"},
	{990005, provider.ClassFix,
		lang.T("page_size is above the limit of 100.", "page_size 超过上限 100。"), fixRequest, "10.1 D"},
	{990007, provider.ClassFix,
		lang.T("A required member is missing or empty, or the body was not understood.", "缺少必填参数或参数为空，也可能是请求体未被识别。"), fixRequest, "10.1 DO"},
	{990008, provider.ClassFix,
		lang.T("A member is too long.", "参数过长。"),
		lang.T("Shorten the longest text of the object.", "请缩短该对象中最长的文本。"), "10.1 D"},
	{990009, provider.ClassFix,
		lang.T("The start time is later than the end time.", "开始时间晚于结束时间。"),
		lang.T("Swap the two times.", "请交换两个时间。"), "10.1 D"},
	{990010, provider.ClassRetry,
		lang.T("The platform is busy.", "系统繁忙。"),
		lang.T("Try again later; for one audit it has lasted for days.", "请稍后再试；个别审核单曾持续数天。"), "10.1 DO"},
	{990018, provider.ClassFix,
		lang.T("A time is not written as the platform wants it.", "时间格式不正确。"),
		lang.T("Write times as 2030-01-01 00:00:00.", "请按 2030-01-01 00:00:00 的格式填写。"), "trade 15 D"},
	{990022, provider.ClassConflict,
		lang.T("The operation is not possible now.", "当前不支持该操作。"), readAgain, "10.1 O"},
}

// productCodes are 10000xx.
var productCodes = []ErrCode{
	{1000000, provider.ClassNoop,
		lang.T("The order cannot move to that state.", "订单状态流转错误。"), notOurs, "10.2 D"},
	{1000001, provider.ClassConflict,
		lang.T("The shop has no product with this out_product_id.", "该 out_product_id 没有上传过商品。"), readAgain, "10.2 D"},
	{1000002, provider.ClassConflict,
		lang.T("The product is under review and cannot be submitted again.", "商品审核中，不能重复提交。"),
		lang.T("Wait for the verdict, or withdraw the submission first.", "请等待审核结果，或先撤回审核。"), "10.2 D"},
	{1000003, provider.ClassConflict,
		lang.T("No content of this product has ever been approved.", "该商品从未审核通过，没有线上数据。"),
		lang.T("Wait for the first approval.", "请等待首次审核通过。"), "10.2 D"},
	{1000004, provider.ClassConflict,
		lang.T("A SKU is not in the approved content, so it cannot be changed without review.", "该 SKU 不在已审核通过的版本中，不能免审更新。"),
		lang.T("Submit the whole product; the next plan does so.", "请提交整个商品；下次计划会自动如此处理。"), "10.2 D"},
	{1000005, provider.ClassPermission,
		lang.T("The shop has not been granted this category.", "该类目的资质尚未审核通过。"),
		lang.T("Declare a qualification for the category and wait for its approval, even if the list says that none is needed.", "请为该类目声明 qualification 并等待审核通过，即使类目列表显示无需资质。"), "10.2 DO"},
	{1000006, provider.ClassPermission,
		lang.T("The shop may not use this brand.", "该品牌未授权给此账号。"),
		lang.T("Declare the brand and wait for its approval, or leave the brand out.", "请声明 brand 并等待审核通过，或不填写品牌。"), "10.2 D"},
	{1000007, provider.ClassFix,
		lang.T("The category is not of the third level.", "类目不是三级类目。"), refreshTree, "10.2 D"},
	{1000008, provider.ClassFix,
		lang.T("Products of this category need qualification pictures.", "该类目的商品必须上传商品资质图片。"),
		lang.T("Add qualification_pics to the product.", "请为商品添加 qualification_pics。"), "10.2 D"},
	{1000009, provider.ClassFix,
		lang.T("The category does not exist, or the body was not understood.", "类目不存在，或请求体未被识别。"), refreshTree, "10.2 DO"},
	{1000011, provider.ClassConflict,
		lang.T("The shop has no such product; sometimes said of products that exist.", "商品不存在；偶尔会误报。"), readAgain, "10.2 DO"},
	{1000012, provider.ClassConflict,
		lang.T("A product with this out_product_id exists, or existed.", "该 out_product_id 已存在（或曾被使用）。"),
		lang.T("Update it. If the shop does not show it, the id is burnt: choose another one.", "请改为更新。若店铺中查不到，则该 id 已作废，请换一个。"), "10.2 D"},
	{1000013, provider.ClassConflict,
		lang.T("The product was changed by somebody else at the same time.", "商品同时被他人修改，更新冲突。"), readAgain, "10.2 D"},
	{1000014, provider.ClassFix,
		lang.T("A required member of the product is missing.", "商品缺少必填字段。"), fixRequest, "10.2 D"},
	{1000015, provider.ClassFix,
		lang.T("The stock of a new SKU must not be 0.", "新增商品时 SKU 库存不能为 0。"),
		lang.T("Set stock_num to 1 or more.", "请把 stock_num 设为 1 或以上。"), "10.2 D"},
	{1000016, provider.ClassNoop,
		lang.T("The product is not under review; there is nothing to withdraw.", "商品不在审核中，无需撤回。"), readAgain, "10.2 D"},
	{1000017, provider.ClassConflict,
		lang.T("The draft was saved, but not handed over to review.", "草稿已保存，但提交审核失败。"),
		lang.T("Submit it once more; the next run does so.", "请再次提交；下次运行会自动处理。"), "10.2 D"},
	{1000019, provider.ClassLater,
		lang.T("Too many submissions within the last hour.", "最近一小时提交审核次数过多。"),
		lang.T("Go on in an hour.", "请一小时后继续。"), "10.2 D"},
	{1000020, provider.ClassFix,
		lang.T("The product has no SKU.", "商品的 SKU 列表为空。"),
		lang.T("Declare at least one sku.", "请至少声明一个 sku。"), "10.2 D"},
	{1000021, provider.ClassPermission,
		lang.T("Submissions are refused because of the shop's deposit.", "保证金异常，不能提交商品。"),
		lang.T("Pay the deposit in the console.", "请在后台缴纳保证金。"), "10.2 D"},
	{1000035, provider.ClassFix,
		lang.T("A picture link is not valid.", "图片链接无效。"), checkPicture, "10.2 D"},
	{1000040, provider.ClassFix,
		lang.T("The category no longer exists.", "类目不存在，请获取最新类目。"), refreshTree, "10.2 D"},
	{1000042, provider.ClassPermission,
		lang.T("A scene is not opened for this shop.", "该场景尚未开通。"),
		lang.T("Remove the scene from scenes in the shop block, or apply for it; during the access tests use scenes = [].", "请从 shop 块的 scenes 中去掉该场景，或先申请开通；接入测试期间可用 scenes = []。"), "10.2 O"},
	{1000045, provider.ClassFix,
		lang.T("The title breaks the rules.", "商品标题不符合规范。"),
		lang.T("Use 3 to 60 characters with at least one Chinese one, and no unusual symbols or invisible characters.", "请使用 3 至 60 个字符，至少含一个汉字，不要有特殊符号或不可见字符。"), "10.2 D"},
}

// orderCodes are 1010xxx and 1020xxx, of calls this program does not make.
var orderCodes = []ErrCode{
	{1010001, provider.ClassFix, lang.T("Neither order_id nor out_order_id was given.", "缺少订单 id。"), notOurs, "10.7 D"},
	{1010002, provider.ClassFix, lang.T("Some products of the order do not exist.", "订单中部分商品不存在。"), notOurs, "10.7 D"},
	{1010003, provider.ClassFix, lang.T("product_infos of the order is wrong.", "订单的 product_infos 有误。"), notOurs, "10.7 D"},
	{1010004, provider.ClassFix, lang.T("pay_info of the order is wrong.", "订单的 pay_info 有误。"), notOurs, "10.7 D"},
	{1010005, provider.ClassFix, lang.T("price_info of the order is wrong.", "订单的 price_info 有误。"), notOurs, "10.7 D"},
	{1010006, provider.ClassFix, lang.T("The order could not be updated.", "更新订单失败。"), notOurs, "10.7 D"},
	{1010007, provider.ClassFix, lang.T("transaction_id of the order is wrong.", "订单的 transaction_id 有误。"), notOurs, "10.7 D"},
	{1010008, provider.ClassFix, lang.T("Some products of the order are in an abnormal state.", "订单中部分商品状态异常。"), notOurs, "10.7 D"},
	{1010009, provider.ClassFix, lang.T("address_info of the order is wrong.", "订单的 address_info 有误。"), notOurs, "trade 15 D"},
	{1010011, provider.ClassFix, lang.T("The order does not exist.", "订单不存在。"), notOurs, "10.7 D"},
	{1010014, provider.ClassFix, lang.T("The openid does not belong to this Mini Program.", "openid 不属于该小程序。"), notOurs, "trade 15 D"},
	{1010015, provider.ClassFix, lang.T("A product that was never approved lacks data.", "未审核通过的商品缺少数据。"), notOurs, "10.7 D"},
	{1010029, provider.ClassFix, lang.T("The waybill is empty.", "运单号为空。"), notOurs, "trade 15 D"},
	{1010036, provider.ClassFix, lang.T("The delivery type is not supported.", "不支持该配送方式。"), notOurs, "10.7 O"},
	{1010039, provider.ClassFix, lang.T("expire_time or create_time of the order is wrong.", "订单的 expire_time 或 create_time 有误。"), notOurs, "trade 15 O"},
	{1010042, provider.ClassFix, lang.T("The order cannot be finished while goods are not synced.", "仍有商品未同步，订单不能完成。"), notOurs, "trade 15 D"},
	{1010043, provider.ClassFix, lang.T("The order is not in a payable state.", "订单不在可支付状态。"), notOurs, "trade 15 D"},
	{1010044, provider.ClassFix, lang.T("The payment request failed; the platform's message says why.", "支付请求失败，原因见平台返回的信息。"), notOurs, "trade 15 D"},
	{1010045, provider.ClassFix, lang.T("The amount could not be computed.", "金额计算失败。"), notOurs, "trade 15 D"},
	{1010047, provider.ClassFix, lang.T("The order has the wrong fund_type.", "订单的 fund_type 不正确。"), notOurs, "trade 15 D"},
	{1010050, provider.ClassFix, lang.T("Orders under fund control need no payment sync.", "资金受管控的订单无需同步支付结果。"), notOurs, "10.7 DO"},
	{1010051, provider.ClassFix, lang.T("The price of the order is 0.", "订单金额为 0。"), notOurs, "trade 15 D"},
	{1010053, provider.ClassFix, lang.T("The interface is too old; the scene asks for component 3.0.", "接口版本过旧，该场景需要组件 3.0。"), notOurs, "trade 15 O"},
	{1020004, provider.ClassFix, lang.T("The after-sale product is not in the order.", "售后商品不在订单中。"), notAfterSales, "10.7 O"},
}

// accountCodes are 1040xxx onboarding, 1050xxx qualifications, 1070xxx pictures
// and 1090xxx coupons.
var accountCodes = []ErrCode{
	{1040003, provider.ClassPermission,
		lang.T("The Mini Program has not joined the trading component.", "该小程序还没有接入交易组件。"),
		lang.T("Open the component; the administrator must confirm the agreement in WeChat.", "请先开通交易组件，并由管理员在微信中确认协议。"), "10.3 D"},
	{1040035, provider.ClassFix,
		lang.T("The category submission failed.", "类目提审失败。"),
		lang.T("Set scenes in the shop block and submit again.", "请在 shop 块中设置 scenes 后重新提交。"), "10.3 O"},
	{1040041, provider.ClassPermission,
		lang.T("An onboarding task is not finished.", "接入任务尚未完成。"),
		lang.T("Finish the access tasks in the console first.", "请先在后台完成接入任务。"), "10.3 O"},
	{1040042, provider.ClassPermission,
		lang.T("The merchant must offer WeChat customer service.", "商家必须开通微信客服（小程序客服）。"),
		lang.T("Enable it in the console and set service_agent_type = [\"wechat\", \"page\", \"phone\"] in the merchant block.", "请在后台开通，并在 merchant 块中设置 service_agent_type = [\"wechat\", \"page\", \"phone\"]。"), "10.3 O"},
	{1050003, provider.ClassNoop,
		lang.T("The category is granted already.", "该类目已审核通过。"), readAgain, "10.4 D"},
	{1050005, provider.ClassRetry,
		lang.T("The platform does not know this audit, or not yet.", "审核单不存在，或尚未同步。"),
		lang.T("Ask again in some minutes.", "请几分钟后再查询。"), "10.4 O"},
	{1050006, provider.ClassNoop,
		lang.T("The Mini Program submitted no certificate before.", "该小程序没有历史提交的资质。"),
		lang.T("Nothing to do: there is nothing to take over.", "无需处理：没有可沿用的资质。"), "10.4 D"},
	{1050009, provider.ClassConflict,
		lang.T("An audit of this brand or category is running.", "该品牌或类目正在审核中。"),
		lang.T("Wait for its verdict. It has been seen to linger for hours after a rejection.", "请等待审核结果；被驳回后该状态可能持续数小时。"), "10.4 O"},
	{1050011, provider.ClassNoop,
		lang.T("The category needs no qualification; the shop has it.", "该类目无需资质，已自动拥有。"), readAgain, "10.4 D"},
	{1050030, provider.ClassPermission,
		lang.T("The Channels scene is not available to this account.", "该账号的视频号场景不可用。"),
		lang.T("Apply for the scene first.", "请先申请开通该场景。"), "10.4 O"},
	{1070001, provider.ClassFix,
		lang.T("The picture arrived empty.", "图片内容为空。"), checkPicture, "10.5 DO"},
	{1070008, provider.ClassFix,
		lang.T("The platform cannot fetch the picture from its URL.", "平台无法拉取该图片链接。"),
		lang.T("Put the picture into the catalog directory and name its file.", "请把图片放到目录中，改为引用文件。"), "10.5 DO"},
	{1070010, provider.ClassFix,
		lang.T("The picture is not on one of the platform's hosts.", "图片不在平台的域名下。"),
		lang.T("It must be uploaded first; a new run does so.", "需要先上传图片；重新运行会自动处理。"), "10.5 O"},
	{1070011, provider.ClassFix,
		lang.T("The platform could not convert the picture.", "平台转换图片失败。"), checkPicture, "10.5 O"},
	{1090032, provider.ClassFix,
		lang.T("The coupon could not be confirmed.", "优惠券确认失败。"), notOurs, "trade 15 O"},
}

// afterSaleCodes are 27470xx, of calls this program does not make.
var afterSaleCodes = []ErrCode{
	{2747002, provider.ClassFix, lang.T("A parameter of the after-sale is wrong.", "售后参数错误。"), notAfterSales, "10.7, trade 8.6 O"},
	{2747003, provider.ClassFix, lang.T("A picture of the after-sale could not be converted.", "售后图片转换失败。"), notAfterSales, "10.7, trade 8.6 D"},
	{2747006, provider.ClassFix, lang.T("The order of the after-sale does not exist.", "售后对应的订单不存在。"), notAfterSales, "trade 8.6 D"},
	{2747007, provider.ClassFix, lang.T("The after-sale does not exist.", "售后单不存在。"), notAfterSales, "trade 8.6 D"},
	{2747008, provider.ClassFix, lang.T("The after-sale cannot move to that state.", "售后状态不允许该操作。"), notAfterSales, "trade 8.6 D"},
	{2747009, provider.ClassFix, lang.T("The refund failed.", "退款失败。"), notAfterSales, "trade 8.6 D"},
	{2747010, provider.ClassFix, lang.T("A picture URL of the after-sale is not allowed.", "售后图片链接不合法。"), notAfterSales, "trade 8.6 D"},
	{2747012, provider.ClassFix, lang.T("The id of the after-sale is empty.", "售后单 id 为空。"), notAfterSales, "trade 8.6 D"},
	{2747013, provider.ClassFix, lang.T("The after-sale exists already.", "售后单已存在。"), notAfterSales, "trade 8.6 D"},
	{2747014, provider.ClassFix, lang.T("The refund is above the maximum, or not a valid amount.", "退款金额超过上限或不合法。"), notAfterSales, "10.7, trade 8.6 D"},
	{2747016, provider.ClassFix, lang.T("There are too many after-sales for this order.", "该订单的售后次数过多。"), notAfterSales, "trade 8.6 D"},
	{2747018, provider.ClassFix, lang.T("The order number is not valid.", "订单号不合法。"), notAfterSales, "trade 8.6 D"},
	{2747020, provider.ClassFix, lang.T("The product has no after-sale.", "该商品不支持售后。"), notAfterSales, "trade 8.6 D"},
	{2747021, provider.ClassFix, lang.T("The product is not in the order.", "该商品不在订单中。"), notAfterSales, "trade 8.6 D"},
	{2747024, provider.ClassFix, lang.T("The type of after-sale does not fit the delivery state.", "售后类型与发货状态不符。"), notAfterSales, "trade 8.6 D"},
	{2747025, provider.ClassFix, lang.T("The return address is not valid.", "退货地址不合法。"), notAfterSales, "trade 8.6 D"},
	{2747026, provider.ClassFix, lang.T("Another operation on this order is running.", "该订单有其他操作正在进行。"), notAfterSales, "trade 8.6 D"},
	{2747027, provider.ClassFix, lang.T("The order does not belong to a second-tier merchant.", "不是二级商户号的订单。"), notAfterSales, "trade 8.6 D"},
}

// standardCodes are 9401xxx, shared with the standard component and possible on
// get and get_list, and 97002xx of after-sales.
var standardCodes = []ErrCode{
	{9401001, provider.ClassConflict, lang.T("The product exists already.", "商品已存在。"), readAgain, "10.6 D"},
	{9401002, provider.ClassConflict, lang.T("The product does not exist.", "商品不存在。"), readAgain, "10.6 D"},
	{9401003, provider.ClassConflict, lang.T("The category exists already.", "类目已存在。"), readAgain, "10.6 D"},
	{9401004, provider.ClassFix, lang.T("The category does not exist.", "类目不存在。"), refreshTree, "10.6 D"},
	{9401005, provider.ClassConflict, lang.T("The SKU exists already.", "SKU 已存在。"), readAgain, "10.6 D"},
	{9401006, provider.ClassConflict, lang.T("The SKU does not exist.", "SKU 不存在。"), readAgain, "10.6 D"},
	{9401007, provider.ClassConflict, lang.T("The attribute exists already.", "属性已存在。"), readAgain, "10.6 D"},
	{9401008, provider.ClassFix, lang.T("The attribute does not exist.", "属性不存在。"), fixRequest, "10.6 D"},
	{9401020, provider.ClassFix, lang.T("A parameter is not allowed.", "参数不合法。"), fixRequest, "10.6 D"},
	{9401021, provider.ClassPermission, lang.T("The account has no permission.", "没有权限。"), console, "10.6 D"},
	{9401022, provider.ClassConflict, lang.T("The product cannot be changed in its present state.", "商品当前状态不允许修改。"), readAgain, "10.6 D"},
	{9401023, provider.ClassConflict, lang.T("The product cannot be edited in its present state.", "商品当前状态不允许编辑。"), readAgain, "10.6 D"},
	{9401024, provider.ClassConflict, lang.T("The SKU cannot be changed in its present state.", "SKU 当前状态不允许修改。"), readAgain, "10.6 D"},
	{9401025, provider.ClassConflict, lang.T("The SKU cannot be edited in its present state.", "SKU 当前状态不允许编辑。"), readAgain, "10.6 D"},
	{9401036, provider.ClassFix, lang.T("The title is too long.", "商品标题过长。"),
		lang.T("Use at most 60 characters.", "请控制在 60 个字符以内。"), "10.6 O"},
	{9401037, provider.ClassFix, lang.T("The main picture is missing.", "缺少商品主图。"),
		lang.T("Declare at least one head_img.", "请至少声明一张 head_img。"), "10.6 O"},
	{9401060, provider.ClassFix, lang.T("The title has only digits, letters or symbols.", "商品标题只有数字、字母或符号。"),
		lang.T("Use at least one Chinese character.", "标题中请至少包含一个汉字。"), "10.6 O"},
	{9700206, provider.ClassFix, lang.T("The merchant's after-sale id is not valid.", "外部售后单号无效。"), notAfterSales, "10.7 O"},
	{9700209, provider.ClassFix, lang.T("The refund could not be accepted.", "同意退款失败。"), notAfterSales, "10.7, trade 8.6 O"},
	{9700210, provider.ClassFix, lang.T("The return could not be accepted: there is no default return address.", "同意退货失败：没有默认退货地址。"),
		lang.T("Set default_receiving_address in the merchant block.", "请在 merchant 块中设置 default_receiving_address。"), "10.7, trade 8.6 O"},
	{9700212, provider.ClassFix, lang.T("The certificates could not be uploaded.", "上传凭证失败。"), notAfterSales, "trade 8.6 O"},
}
