"""Text of the consent on a new installation. The operator replaces it by publishing a new version."""

TEXT_RU = """\
Я соглашаюсь на обработку моих персональных данных организацией, которая ведёт эту систему, и организациями, на
чьих стажировочных площадках я учусь или работаю.

**Какие данные:** фамилия, имя, отчество; должность и место работы; адрес электронной почты и телефон, если я их
указал(а); результаты стажировки: посещение, выполненные задания, отзывы о них, выданные документы. Дата
рождения и СНИЛС запрашиваются отдельно и только тогда, когда без них нельзя оформить документ.

**Для чего:** чтобы зачислить меня на стажировку, вести обучение и учёт часов, проверять работы, оформлять
документ о стажировке и подтверждать его подлинность.

**Что с ними делают:** собирают, записывают, хранят, уточняют, используют, передают руководителю площадки и
организации, которая выдаёт документ, удаляют. Проверить документ может любой, у кого есть его номер: он увидит
только то, что напечатано на самом документе.

**Как долго:** пока идёт стажировка и пока хранятся сведения о выданных документах.

Согласие можно отозвать в любой момент на странице своей учётной записи или письмом. После отзыва стажировку
продолжить нельзя; сведения о выданных документах хранятся столько, сколько требует закон.
"""

TEXT_EN = """\
I consent to the processing of my personal data by the organisation that runs this system, and by the
organisations at whose internship sites I study or work.

**Which data:** surname, given name, patronymic; position and place of work; e-mail address and telephone, if I
gave them; results of the internship: attendance, tasks done, reviews of them, documents issued. A birth date
and an identity number are asked separately, and only where a document cannot be made without them.

**What for:** to enrol me, to teach and to count hours, to review works, to issue a document about the
internship and to confirm that it is genuine.

**What is done with them:** they are collected, recorded, kept, corrected, used, passed to the leader of the
site and to the organisation that issues the document, and deleted. Whoever has a document's number may verify
it: they see only what the document itself says.

**How long:** while the internship lasts, and while records of issued documents are kept.

Consent may be withdrawn at any time, on the page of one's account or by a letter. After that the internship
cannot go on; records of issued documents are kept for as long as the law asks.
"""
